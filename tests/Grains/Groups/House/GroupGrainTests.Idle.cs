using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <content>What goes by the house's clock: Orleans finds idle grains by the machine's.</content>
public sealed partial class GroupGrainTests
{
    [Fact]
    public async Task An_idle_group_falls_asleep_and_its_memory_is_the_partitions()
    {
        await using var silo = await GroupSilo.StartAsync();
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 5));
        Assert.True(silo.Directory.IsAwake("g"));
        await TestGuard.UntilAsync(
            () =>
            {
                silo.Time.Pass(60_000);
                return !silo.Directory.IsAwake("g");
            },
            "the group falls asleep");

        Assert.False(silo.Directory.IsAwake("g"));
        Assert.Equal("Empty", Assert.Single(silo.Coordinator.List(null, null).Groups).State);
        Assert.Equal(5, await silo.FetchAsync("g"));
        Assert.Equal(1, silo.Topic.LogOf("g").Reads);
    }
}
