using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Telemetry;

/// <summary>The write-ahead log's and produce's metrics move with what happens.</summary>
[Collection(nameof(SiloRig))]
public sealed class WalMetricsTests
{
    [Fact]
    public async Task A_commit_is_counted_with_its_batches_its_time_and_those_that_waited()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");
        Assert.Equal(0, await rig.MetricAsync("produce_end_to_end_latency_ms_count"));
        for (var partition = 0; partition < 2; partition++)
            Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of(), partition)); // opens it
        var (commits, batches) = (await rig.MetricAsync("wal_commit_duration_ms_count"), await rig.MetricAsync("wal_commit_batch_size_histogram_sum"));
        Assert.Equal(0, await rig.MetricAsync("wal_queue_depth_gauge"));

        // The first waits at the disk; what comes meanwhile waits for the next commit.
        rig.Files.CloseGate();
        var first = SiloRig.ProduceAsync(connection, "t", TestBatch.Of());
        await TestGuard.UntilAsync(async () => await rig.MetricAsync("produce_partition_concurrency_gauge") == 1, "the first is being appended");
        var others = Enumerable.Range(0, 3).Select(_ => SiloRig.ProduceAsync(connection, "t", TestBatch.Of(), partition: 1)).ToList();
        // What arrives in one read is one append.
        await TestGuard.UntilAsync(async () => await rig.MetricAsync("wal_queue_depth_gauge") >= 2, "two appends wait for a commit");
        await TestGuard.UntilAsync(async () => await rig.MetricAsync("produce_partition_concurrency_gauge") == 2, "both partitions are being appended to");
        Assert.Equal(commits, await rig.MetricAsync("wal_commit_duration_ms_count"));

        rig.Files.OpenGate();
        Assert.All(await Task.WhenAll([first, .. others]), error => Assert.Equal(ErrorCode.None, error));
        Assert.InRange(await rig.MetricAsync("wal_commit_duration_ms_count") - commits, 2, 4);
        Assert.Equal(batches + 4, await rig.MetricAsync("wal_commit_batch_size_histogram_sum"));
        Assert.Equal(0, await rig.MetricAsync("wal_queue_depth_gauge"));
        Assert.Equal(0, await rig.MetricAsync("produce_partition_concurrency_gauge"));
        Assert.Equal(6, await rig.MetricAsync("produce_end_to_end_latency_ms_count", "acks=\"all\""));
    }
}
