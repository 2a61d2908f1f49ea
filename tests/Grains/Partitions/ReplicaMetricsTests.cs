using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Grains.Tests.Partitions;

public sealed class ReplicaMetricsTests
{
    [Fact]
    public async Task What_the_log_refuses_is_counted_with_its_reason()
    {
        await using var rig = await ReplicaRig.StartAsync();
        await rig.AppendAsync(TestBatch.Of(1));
        Assert.Equal(0, rig.Meters.Sum("actors_log_refusals_total"));

        await rig.Store.DisposeAsync();
        var refused = await rig.AppendAsync(TestBatch.Of(1));

        Assert.NotEqual(ErrorCode.None, refused.Error);
        Assert.Equal((1, 1), (rig.Meters.Sum("actors_log_refusals_total"), rig.Meters.Sum("actors_log_refusals_total", "reason", "Closed")));
    }
}
