using Actors.Grains.Partitions;

namespace Actors.Grains.Tests.Partitions;

/// <summary>Which log holds which partition, and which logs may go again.</summary>
public sealed class PartitionLogsTests
{
    [Fact]
    public async Task Only_the_call_that_makes_a_log_may_take_it_back()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var logs = new PartitionLogs(rig.Store);
        var found = await logs.EnsureAsync(rig.Topic, 0);
        var made = await logs.EnsureAsync(rig.Topic, 1);

        Assert.False(found.IsNew);
        Assert.True(made.IsNew);
        await logs.DeleteUnusedAsync(new PartitionId(rig.Topic.Id, 1));
        Assert.Equal([found.Id], rig.Store.Logs.Select(log => log.Id));
        Assert.Equal(1, logs.Count);
    }

    [Fact]
    public async Task Of_calls_at_the_same_time_one_makes_the_log()
    {
        await using var rig = await ReplicaRig.StartAsync();
        var logs = new PartitionLogs(rig.Store);
        var calls = Enumerable.Range(0, 8).Select(_ => logs.EnsureAsync(rig.Topic, 1).AsTask()).ToArray();
        var ends = await Task.WhenAll(calls);

        Assert.Single(ends, end => end.IsNew);
        Assert.Single(ends.Select(end => end.Id).Distinct());
        Assert.Equal(2, rig.Store.Logs.Count);
    }
}
