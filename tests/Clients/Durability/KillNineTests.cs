using System.Collections.Concurrent;
using System.Globalization;
using Actors.Harness;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Actors.Clients.Tests.Durability;

/// <summary>The real process is killed again and again under load; what it has acknowledged stays, once, where it said it was.</summary>
public sealed class KillNineTests
{
    private const int Partitions = 4;
    private const char Padding = '.';
    private const int SegmentBytes = 1_048_576;
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(4);

    /// <summary>Small records stay in the write-ahead log; large ones are in the middle of segments, rolls, checkpoints and recycled files when the process dies.</summary>
    [Theory]
    [InlineData(20, 2_000, 1)]
    [InlineData(8, 1_500, 16_000)]
    public async Task Kills_under_load_lose_and_repeat_nothing_that_was_acknowledged(int rounds, int acknowledgedPerRound, int valueBytes)
    {
        using var data = new TemporaryDirectory();
        var options = new SiloProcessOptions(data.FullName)
        {
            Arguments = [$"--Kafka:DefaultPartitions={Partitions}", "--Log:WalFileBytes=33554432", "--Log:MaxWalBytes=100663296", "--Log:CheckpointBytes=8388608"],
        };
        var acknowledged = new ConcurrentDictionary<TopicPartitionOffset, string>();
        using var guard = new CancellationTokenSource(Guard);
        var silo = await SiloProcess.StartAsync(options);
        try
        {
            await CreateAsync(silo.Bootstrap);
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(guard.Token);
            var counter = new AcknowledgedCounter();
            var producing = Task.Run(() => Produce(silo.Bootstrap, valueBytes, acknowledged, counter, stopping.Token), CancellationToken.None);
            for (var round = 1; round <= rounds; round++)
            {
                await Task.WhenAny(counter.WaitForAsync(round * acknowledgedPerRound, guard.Token), producing);
                Assert.False(producing.IsCompleted, producing.Exception?.ToString());
                await silo.KillAsync();
                await silo.DisposeAsync();
                silo = await SiloProcess.StartAsync(options);
            }

            await counter.WaitForAsync((rounds + 1) * acknowledgedPerRound, guard.Token);
            await stopping.CancelAsync();
            await producing;
            AssertKept(silo.Bootstrap, acknowledged, guard.Token);
            var segments = Directory.EnumerateFiles(data.FullName, "*.log", SearchOption.AllDirectories).Count();
            Assert.InRange(segments, (long)rounds * acknowledgedPerRound * valueBytes / (2 * SegmentBytes), int.MaxValue);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    /// <summary>A topic of many small segments.</summary>
    private static async Task CreateAsync(string bootstrap)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        var configs = new Dictionary<string, string> { ["segment.bytes"] = SegmentBytes.ToString(CultureInfo.InvariantCulture) };
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "killed", NumPartitions = Partitions, ReplicationFactor = 1, Configs = configs }]);
    }

    private static void Produce(string bootstrap, int valueBytes, ConcurrentDictionary<TopicPartitionOffset, string> acknowledged, AcknowledgedCounter counter, CancellationToken stopping)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 1,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 100,
            RetryBackoffMs = 20,
            MessageTimeoutMs = (int)Guard.TotalMilliseconds,
            QueueBufferingMaxMessages = valueBytes > 1_000 ? 1_000 : 10_000,
        };
        Error? fatal = null;
        var repeated = new ConcurrentQueue<TopicPartitionOffset>();
        using var producer = new ProducerBuilder<Null, string>(config).SetErrorHandler((_, error) => fatal ??= error.IsFatal ? error : null).Build();
        for (var number = 0; !stopping.IsCancellationRequested; number++)
        {
            Assert.True(fatal is null, fatal?.ToString());
            try
            {
                producer.Produce("killed", new Message<Null, string> { Value = number.ToString(CultureInfo.InvariantCulture).PadRight(valueBytes, Padding) }, report =>
                {
                    if (report.Error.IsError)
                    {
                        fatal ??= report.Error;
                    }
                    else if (acknowledged.TryAdd(report.TopicPartitionOffset, report.Message.Value.TrimEnd(Padding)))
                    {
                        counter.Add();
                    }
                    else
                    {
                        // The client swallows what its callbacks throw.
                        repeated.Enqueue(report.TopicPartitionOffset);
                    }
                });
            }
            catch (ProduceException<Null, string> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(5));
                number--;
            }
        }

        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
        Assert.True(fatal is null, fatal?.ToString());
        Assert.Empty(repeated);
    }

    private static void AssertKept(string bootstrap, ConcurrentDictionary<TopicPartitionOffset, string> acknowledged, CancellationToken guard)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "checker", AutoOffsetReset = AutoOffsetReset.Earliest, EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset("killed", partition, 0)));
        var kept = new Dictionary<TopicPartitionOffset, string>();
        for (var ended = 0; ended < Partitions;)
        {
            var result = consumer.Consume(guard);
            if (result.IsPartitionEOF)
            {
                ended++;
            }
            else
            {
                kept.Add(result.TopicPartitionOffset, result.Message.Value.TrimEnd(Padding));
            }
        }

        consumer.Close();
        Assert.Empty(acknowledged.Where(record => !kept.TryGetValue(record.Key, out var value) || value != record.Value).Take(5));
        Assert.Empty(kept.Values.GroupBy(value => value).Where(group => group.Count() > 1).Select(group => group.Key).Take(5));
        foreach (var partition in kept.Keys.GroupBy(key => key.Partition))
        {
            Assert.Equal(partition.Count() - 1, partition.Max(key => key.Offset.Value));
        }
    }
}
