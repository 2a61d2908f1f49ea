using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Tests.Topics;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Tests.Partitions;

/// <summary>Who opens a partition, and a retention timer that exists only while something will expire.</summary>
public sealed class PartitionGrainTests
{
    private const long HourMs = 3_600_000;

    [Fact]
    public async Task The_timer_comes_with_the_first_record_and_goes_with_the_last()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t", configs: ("retention.ms", HourMs.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var idle = silo.Time.ArmedWith<IGrainTimer>();
        var replica = await silo.OpenAsync("t");
        Assert.Equal(idle, silo.Time.ArmedWith<IGrainTimer>());

        await TopicSilo.AppendAsync(replica, TestBatch.Of(3, timestampMs: silo.NowMs));
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the timer is set");

        // The first look is after five minutes; it knows when the records are over and sleeps until then.
        await PassAsync(silo, 5 * 60_000);
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "it sleeps on");
        await PassAsync(silo, HourMs - (5 * 60_000) - 1_000);
        Assert.Equal(0, replica.LogStartOffset);
        await PassAsync(silo, 2_000);

        await TestGuard.UntilAsync(() => replica.LogStartOffset == 3, "the records are gone");
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle, "nothing is left to wait for");
        await TopicSilo.AppendAsync(replica, TestBatch.Of(1, timestampMs: silo.NowMs));
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the next record sets it again");
    }

    [Fact]
    public async Task Without_limits_one_look_is_enough()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t", configs: [("retention.ms", "-1"), ("retention.bytes", "-1")]);
        var idle = silo.Time.ArmedWith<IGrainTimer>();
        var replica = await silo.OpenAsync("t");
        await TopicSilo.AppendAsync(replica, TestBatch.Of(3, timestampMs: silo.NowMs));
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the timer is set");

        await PassAsync(silo, 5 * 60_000);

        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle, "nobody looks again");
        Assert.Equal(0, replica.LogStartOffset);
    }

    [Fact]
    public async Task Closing_ends_the_timer_and_the_next_touch_opens_again()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        var idle = silo.Time.ArmedWith<IGrainTimer>();
        var former = await silo.OpenAsync("t");
        await TopicSilo.AppendAsync(former, TestBatch.Of(2, timestampMs: silo.NowMs));
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the timer is set");

        await silo.Partition("t").Close();

        Assert.True(former.IsClosed);
        Assert.Equal(0, silo.Get<ReplicaRegistry>().Count);
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle, "the timer is gone");
        var again = await silo.OpenAsync("t");
        Assert.NotSame(former, again);
        Assert.Equal(2, again.HighWatermark);
        // What was there before the opening expires too.
        await TestGuard.UntilAsync(() => silo.Time.ArmedWith<IGrainTimer>() == idle + 1, "the timer is set by the opening");
    }

    [Fact]
    public async Task Opening_is_refused_with_the_reason()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        Assert.True(silo.Catalog.Current.TryGet("t", out var topic));
        var grains = silo.Get<IGrainFactory>();

        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, await silo.Partition("t", 7).Open());
        await Assert.ThrowsAsync<ArgumentException>(() => grains.GetGrain<IPartitionGrain>("nonsense@1").Open());
        silo.Catalog.Set([new Grains.Topics.CatalogTopic(new Grains.Topics.StoredTopic(topic.Row, [topic.Partitions[0] with { LeaderId = 2, PartitionEpoch = 1 }]))]);
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, await silo.Partition("t").Open());
        Assert.Equal(0, silo.Get<ReplicaRegistry>().Count);
    }

    [Fact]
    public async Task A_partition_is_described_open_or_not()
    {
        await using var silo = await TopicSilo.StartAsync();
        await silo.CreateAsync("t");
        Assert.False((await silo.Partition("t").Describe()).IsOpen);
        Assert.Equal(0, silo.Get<ReplicaRegistry>().Count);
        var replica = await silo.OpenAsync("t");
        await TopicSilo.AppendAsync(replica, TestBatch.Of(4, producerId: 9, epoch: 0, sequence: 0));

        var described = await silo.Partition("t").Describe();

        Assert.Equal((true, 0L, 4L, 4L, 1), (described.IsOpen, described.LogStartOffset, described.HighWatermark, described.LogEndOffset, described.ProducerCount));
        Assert.Null(described.Failure);
        silo.Files.FailSyncs();
        var failing = new TestAppend(TestBatch.Of(1));
        replica.Append([failing]);
        await failing.Done;
        Assert.Equal(ErrorCode.KafkaStorageError, failing.Error);
        Assert.NotNull((await silo.Partition("t").Describe()).Failure);
    }

    /// <summary>Lets time pass, and then the turn that a timer has begun.</summary>
    private static async Task PassAsync(TopicSilo silo, long milliseconds)
    {
        silo.Time.Pass(milliseconds);
        await silo.Partition("t").Describe();
    }
}
