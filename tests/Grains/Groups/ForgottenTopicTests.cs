using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary>A topic that is deleted is forgotten by every group, and what is not forgotten is not called forgotten.</summary>
public sealed class ForgottenTopicTests
{
    private static readonly string[] Topics = ["t"];

    [Fact]
    public async Task Committed_offsets_are_gone_and_stay_gone_after_a_restart()
    {
        var topic = new MemoryGroupTopic();
        await using (var silo = await GroupSilo.StartAsync(topic))
        {
            Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 7));
            Assert.True(await silo.Keeper.ForgetTopicsAsync(Topics, skipUnreadable: false).WaitAsync(TestGuard.Limit));
            Assert.Equal(-1, await silo.FetchAsync("g"));
        }

        await using var next = await GroupSilo.StartAsync(topic);
        Assert.Equal(-1, await next.FetchAsync("g"));
    }

    [Theory]
    [InlineData(ErrorCode.KafkaStorageError)]
    [InlineData(ErrorCode.NotLeaderOrFollower)]
    [InlineData(ErrorCode.RequestTimedOut)]
    public async Task A_group_that_cannot_write_has_not_forgotten(ErrorCode error)
    {
        await using var silo = await GroupSilo.StartAsync();
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 7));
        var log = silo.Topic.LogOf("g");
        log.EndsAtOnce = false;

        var forgetting = silo.Keeper.ForgetTopicsAsync(Topics, skipUnreadable: true);
        await log.EndAsync(error).WaitAsync(TestGuard.Limit);

        Assert.False(await forgetting.WaitAsync(TestGuard.Limit));
        Assert.Equal(7, await silo.FetchAsync("g"));
        log.EndsAtOnce = true;
        Assert.True(await silo.Keeper.ForgetTopicsAsync(Topics, skipUnreadable: false).WaitAsync(TestGuard.Limit));
    }

    [Fact]
    public async Task A_partition_that_cannot_be_read_counts_only_for_who_is_patient()
    {
        var topic = new MemoryGroupTopic();
        topic.LogOf(2).ReadFailure = new IOException("The middle is rotten.");
        await using var silo = await GroupSilo.StartAsync(topic);

        Assert.False(await silo.Keeper.ForgetTopicsAsync(Topics, skipUnreadable: false).WaitAsync(TestGuard.Limit));
        Assert.True(await silo.Keeper.ForgetTopicsAsync(Topics, skipUnreadable: true).WaitAsync(TestGuard.Limit));
    }

    [Fact]
    public async Task A_silo_that_stops_has_not_forgotten_anything()
    {
        await using var silo = await GroupSilo.StartAsync();
        Assert.Equal(ErrorCode.None, await silo.CommitAsync("g", 7));
        var keeper = silo.Keeper;
        await silo.StopAsync();

        Assert.False(await keeper.ForgetTopicsAsync(Topics, skipUnreadable: true).WaitAsync(TestGuard.Limit));
    }
}
