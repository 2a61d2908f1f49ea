using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Tests.Connections;

/// <summary>What clients are answered because the broker cannot do better stands in the log, and does not fill it.</summary>
public sealed class OutageLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_cannot_be_read_are_an_error_for_each_partition_and_a_line_in_the_log()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t", partitions: 2);
        await using (var before = await rig.ConnectAsync())
        {
            for (var partition = 0; partition < 2; partition++)
                await before.ProduceAsync("t", TestBatch.Of(3), partition: partition);
        }

        await rig.RestartAsync();
        await using var connection = await rig.ConnectAsync();
        Assert.Equal(3, (await connection.FetchAsync(Requests.Fetch("t", 0))).Only().HighWatermark);
        rig.Files.FailReads();
        var fetch = Requests.Fetch("t", 0, maxWaitMs: 300_000, minBytes: 1_000_000);
        fetch.Topics[0].Partitions.Add(new FetchRequest.FetchPartition { Partition = 1, FetchOffset = 0, PartitionMaxBytes = 1 << 20 });
        var search = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics =
            [
                new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = "t",
                    Partitions = [.. Enumerable.Range(0, 2).Select(index => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = index, Timestamp = 1 })],
                },
            ],
        };

        var fetched = (await connection.FetchAsync(fetch)).Responses[0].Partitions;
        var found = (await connection.SendAsync(search, 7, TestGuard.Limit, Token)).Topics[0].Partitions;

        Assert.Equal([ErrorCode.KafkaStorageError, ErrorCode.KafkaStorageError], fetched.Select(partition => partition.ErrorCode));
        Assert.Equal([ErrorCode.KafkaStorageError, ErrorCode.KafkaStorageError], found.Select(partition => partition.ErrorCode));
        Assert.Contains("t-0 at offset 0", Assert.Single(rig.Log.Entries, entry => entry.EventId == 3009).Message, StringComparison.Ordinal);
        Assert.Contains("t-0", Assert.Single(rig.Log.Entries, entry => entry.EventId == 3010).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_each_kind_one_line_passes_in_ten_seconds_and_counts_the_others()
    {
        using var log = new LogCapture(LogLevel.Warning);
        using var loggers = LoggerFactory.Create(builder => builder.AddProvider(log));
        var time = new SteppedTime();
        var outages = new OutageLog(loggers.CreateLogger<OutageLog>(), time);
        for (var number = 0; number < 5; number++)
            outages.ReadFailed("t", number, 7, new IOException());
        outages.NoProducerId(new IOException());
        time.Pass(TimeSpan.FromSeconds(9.9));
        outages.ReadFailed("t", 5, 7, new IOException());
        time.Pass(TimeSpan.FromSeconds(0.2));
        outages.ReadFailed("t", 6, 7, new IOException());
        time.Pass(TimeSpan.FromSeconds(11));
        outages.ReadFailed("t", 7, 7, new IOException());

        Assert.Equal(
            [(0, 0), (6, 5), (7, 0)],
            log.Entries.Where(entry => entry.EventId == 3009).Select(entry => (entry.Get<int>("Partition"), entry.Get<int>("Untold"))));
        Assert.Single(log.Entries, entry => entry.EventId == 3011);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan span) => _ticks += span.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
