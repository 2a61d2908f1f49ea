using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Partitions;

/// <summary>Partitions that nobody touches are opened when something of them is over, and not before.</summary>
public sealed class RetentionKeeperTests
{
    [Theory]
    [InlineData("retention.ms", "10000", 9_000, false)]
    [InlineData("retention.ms", "10000", 11_000, true)]
    [InlineData("retention.ms", "-1", 11_000, false)]
    [InlineData("retention.bytes", "10", 0, true)]
    [InlineData("retention.bytes", "100000", 0, false)]
    public async Task A_partition_is_opened_when_its_oldest_records_are_over(string config, string value, long laterMs, bool isOver)
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs[config] = value);
        await rig.AppendAsync(TestBatch.Of(2, timestampMs: rig.Clock.NowMs));
        await rig.RestartAsync(epoch: 1);
        var opener = new Opener();
        using var keeper = Keeper(rig, opener, new ReplicaRegistry());
        rig.Clock.NowMs += laterMs;

        await keeper.LookAsync();

        Assert.Equal(isOver ? [0] : [], opener.Opened);
    }

    [Fact]
    public async Task What_is_open_or_empty_or_unknown_is_left_alone()
    {
        await using var rig = await ReplicaRig.StartAsync(configs => configs["retention.ms"] = "1");
        var opener = new Opener();
        var registry = new ReplicaRegistry();
        using (var empty = Keeper(rig, opener, registry))
            await empty.LookAsync();
        await rig.AppendAsync(TestBatch.Of(2, timestampMs: 1));
        await rig.RestartAsync(epoch: 1);
        registry.Add(rig.Replica);
        using (var open = Keeper(rig, opener, registry))
            await open.LookAsync();
        using (var unknown = Keeper(rig, opener, new ReplicaRegistry(), isKnown: false))
            await unknown.LookAsync();

        Assert.Empty(opener.Opened);
    }

    private static RetentionKeeper Keeper(ReplicaRig rig, Opener opener, ReplicaRegistry registry, bool isKnown = true)
    {
        var catalog = new TopicCatalog();
        if (isKnown)
            catalog.Set([rig.Topic]);
        return new RetentionKeeper(
            new PartitionLogs(rig.Store), catalog, registry, opener, new ReplicaServices(rig.Clock, new ReplicaMetrics(rig.Meters)), NullLogger<RetentionKeeper>.Instance);
    }

    private sealed class Opener : IReplicaOpener
    {
        public List<int> Opened { get; } = [];

        public ValueTask<ErrorCode> OpenAsync(CatalogTopic topic, int partition, CancellationToken token)
        {
            Opened.Add(partition);
            return new(ErrorCode.None);
        }
    }
}
