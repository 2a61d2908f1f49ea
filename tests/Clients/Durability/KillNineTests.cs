using System.Collections.Concurrent;
using System.Globalization;
using Actors.Harness;
using Confluent.Kafka;

namespace Actors.Clients.Tests.Durability;

/// <summary>The real process is killed again and again under load; what it has acknowledged stays, once, where it said it was.</summary>
public sealed class KillNineTests
{
    private const int Rounds = 20;
    private const int Partitions = 4;
    private const int AcknowledgedPerRound = 2_000;
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Twenty_kills_under_load_lose_and_repeat_nothing_that_was_acknowledged()
    {
        using var data = new TemporaryDirectory();
        var options = new SiloProcessOptions(data.FullName) { Arguments = [$"--Kafka:DefaultPartitions={Partitions}"] };
        var acknowledged = new ConcurrentDictionary<TopicPartitionOffset, string>();
        using var guard = new CancellationTokenSource(Guard);
        var silo = await SiloProcess.StartAsync(options);
        try
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(guard.Token);
            var counter = new AcknowledgedCounter();
            var producing = Task.Run(() => Produce(silo.Bootstrap, acknowledged, counter, stopping.Token), CancellationToken.None);
            for (var round = 1; round <= Rounds; round++)
            {
                await Task.WhenAny(counter.WaitForAsync(round * AcknowledgedPerRound, guard.Token), producing);
                Assert.False(producing.IsCompleted, producing.Exception?.ToString());
                await silo.KillAsync();
                await silo.DisposeAsync();
                silo = await SiloProcess.StartAsync(options);
            }

            await counter.WaitForAsync((Rounds + 1) * AcknowledgedPerRound, guard.Token);
            await stopping.CancelAsync();
            await producing;
            AssertKept(silo.Bootstrap, acknowledged, guard.Token);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    private static void Produce(string bootstrap, ConcurrentDictionary<TopicPartitionOffset, string> acknowledged, AcknowledgedCounter counter, CancellationToken stopping)
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
            QueueBufferingMaxMessages = 10_000,
        };
        Error? fatal = null;
        var repeated = new ConcurrentQueue<TopicPartitionOffset>();
        using var producer = new ProducerBuilder<Null, string>(config).SetErrorHandler((_, error) => fatal ??= error.IsFatal ? error : null).Build();
        for (var number = 0; !stopping.IsCancellationRequested; number++)
        {
            Assert.True(fatal is null, fatal?.ToString());
            try
            {
                producer.Produce("killed", new Message<Null, string> { Value = number.ToString(CultureInfo.InvariantCulture) }, report =>
                {
                    if (report.Error.IsError)
                    {
                        fatal ??= report.Error;
                    }
                    else if (acknowledged.TryAdd(report.TopicPartitionOffset, report.Message.Value))
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
                kept.Add(result.TopicPartitionOffset, result.Message.Value);
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
