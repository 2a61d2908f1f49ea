using Actors.Harness;
using Confluent.Kafka;

namespace Actors.Clients.Tests.Groups;

/// <summary>A group of several real consumers: they share the partitions, and take over from those that leave or die.</summary>
public sealed class SharedGroupTests
{
    private const int Partitions = 6;
    private const string Topic = "shared";
    private const string Group = "several";

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Members_share_the_partitions_and_take_over_from_those_that_leave_or_die(PartitionAssignmentStrategy strategy)
    {
        using var data = new TemporaryDirectory();
        var options = new SiloProcessOptions(data.FullName) { Arguments = [$"--Kafka:DefaultPartitions={Partitions}"] };
        var ledger = new GroupLedger();
        var silo = await SiloProcess.StartAsync(options);
        try
        {
            using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = silo.Bootstrap, Acks = Acks.All, LingerMs = 1 }).Build();
            var produced = await ProduceAsync(producer, 10);
            await using var first = Join("first");
            await using var second = Join("second");
            await using var third = Join("third");
            await ledger.SharedAsync(Partitions, "first", "second", "third");
            await ledger.ReadAsync(produced);

            var whileOneLeaves = ProduceAsync(producer, 20);
            await second.LeaveAsync();
            Assert.Equal(2, await silo.MetricAsync("actors_consumer_group_members"));
            await ledger.SharedAsync(Partitions, "first", "third");
            await ledger.ReadAsync(await whileOneLeaves);

            // The two that are left keep their places over the death of the silo itself, and go on.
            await silo.KillAsync();
            await silo.DisposeAsync();
            silo = await SiloProcess.StartAsync(options);
            await ledger.ReadAsync(await ProduceAsync(producer, 10));
            await ledger.SharedAsync(Partitions, "first", "third");

            var whileOneDies = ProduceAsync(producer, 20);
            await third.DieAsync();
            Assert.Equal(2, await silo.MetricAsync("actors_consumer_group_members"));
            await ledger.SharedAsync(Partitions, "first");
            await ledger.ReadAsync(await whileOneDies);
            Assert.Equal(1, await silo.MetricAsync("actors_consumer_group_members"));
            await first.LeaveAsync();

            var whileNobodyIsThere = await ProduceAsync(producer, 10);
            await using var newcomer = Join("newcomer");
            await ledger.ReadAsync(whileNobodyIsThere);
            await newcomer.LeaveAsync();
            Assert.Empty(ledger.Breaches);

            ConfluentMember Join(string name) => new(silo.Bootstrap, Group, Topic, name, strategy, ledger);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    /// <summary>Produces to every partition, and returns where the records are when all are acknowledged.</summary>
    private static async Task<IReadOnlyCollection<(int Partition, long Offset)>> ProduceAsync(IProducer<Null, string> producer, int recordsPerPartition)
    {
        var reports = await Task.WhenAll(Enumerable.Range(0, Partitions * recordsPerPartition).Select(number => producer.ProduceAsync(
            new TopicPartition(Topic, number % Partitions), new Message<Null, string> { Value = $"record {number}" })));
        return [.. reports.Select(report => (report.Partition.Value, report.Offset.Value))];
    }
}
