using System.Text;
using Actors.Clients.Tests.Groups;
using Actors.Harness;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Confluent.Kafka;

namespace Actors.Clients.Tests.Clusters;

/// <summary>Real clients that know one of three silos, while another one dies and comes back.</summary>
public sealed class ThreeSilosTests
{
    private const string Topic = "spread";
    private const string Group = "several";
    private const int Partitions = 6;
    private const int RecordsPerPartition = 20;
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);
    private readonly KcatClient _kcat = new();
    private readonly Dictionary<int, int> _produced = [];

    [Fact]
    public async Task What_the_living_lead_goes_on_and_nothing_acknowledged_is_lost()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        var bootstrap = cluster.Silos[0].Bootstrap;
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", Topic, "--partitions", $"{Partitions}")).OutputOfSuccess();
        var leaders = await LeadersAsync(cluster.Silos[0]);
        Assert.Equal([1, 2, 3], leaders.Values.Distinct().Order());

        var ledger = new GroupLedger();
        await using var first = new ConfluentMember(bootstrap, Group, Topic, "first", PartitionAssignmentStrategy.CooperativeSticky, ledger);
        await using var second = new ConfluentMember(bootstrap, Group, Topic, "second", PartitionAssignmentStrategy.CooperativeSticky, ledger);
        await ledger.SharedAsync(Partitions, "first", "second");
        await ledger.ReadAsync(await ProduceAsync(bootstrap, leaders.Keys));

        // Neither the silo that the clients know nor the one that keeps the group's offsets.
        var victim = new[] { 2, 3 }.Except([await CoordinatorAsync(cluster.Silos[0])]).First();
        var orphans = leaders.Where(led => led.Value == victim).Select(static led => led.Key).ToList();
        await cluster.Silos[victim - 1].KillAsync();
        await ledger.ReadAsync(await ProduceAsync(bootstrap, leaders.Keys.Except(orphans)));
        Assert.All((await LeadersAsync(cluster.Silos[0])).Where(led => orphans.Contains(led.Key)), static led => Assert.Equal(-1, led.Value));

        var waiting = ProduceAsync(bootstrap, orphans);
        await cluster.ReviveAsync(victim);
        await ledger.ReadAsync(await waiting.WaitAsync(Guard));
        Assert.Equal(leaders, await LeadersAsync(cluster.Silos[victim - 1]));
        Assert.Empty(ledger.Breaches);

        var kept = await _kcat.ConsumeAsync(cluster.Silos[victim - 1].Bootstrap, [Topic], "newcomers", _produced.Values.Sum());
        foreach (var (partition, count) in _produced)
        {
            var read = kept.Where(record => record.Partition == partition).OrderBy(static record => record.Offset);
            Assert.Equal(Enumerable.Range(0, count).Select(number => ((long)number, Value(partition, number))), read.Select(static record => (record.Offset, record.Value!)));
        }
    }

    /// <summary>Produces to each of these partitions, and returns where the records are when all are acknowledged.</summary>
    private async Task<List<(int Partition, long Offset)>> ProduceAsync(string bootstrap, IEnumerable<int> partitions)
    {
        var records = partitions
            .SelectMany(partition => Enumerable.Range(_produced.GetValueOrDefault(partition), RecordsPerPartition).Select(number => (Partition: partition, Offset: (long)number)))
            .ToList();
        foreach (var partition in records.GroupBy(static record => record.Partition)) _produced[partition.Key] = _produced.GetValueOrDefault(partition.Key) + partition.Count();
        await _kcat.ProduceAsync(
            bootstrap, Topic, "none", [.. records.Select(record => new ClientRecord(Topic, record.Partition, null, Value(record.Partition, record.Offset), []))]);
        return records;
    }

    private static string Value(int partition, long number) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"record {number} of {partition}"));

    private static async Task<SortedDictionary<int, int>> LeadersAsync(SiloProcess silo)
    {
        var request = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = Topic }] };
        var topic = (await AskAsync(silo, connection => connection.SendAsync(request, CancellationToken.None))).Topics[0];
        return new(topic.Partitions.ToDictionary(static partition => partition.PartitionIndex, static partition => partition.LeaderId));
    }

    private static async Task<int> CoordinatorAsync(SiloProcess silo)
    {
        var request = new FindCoordinatorRequest { CoordinatorKeys = [Group] };
        var coordinator = (await AskAsync(silo, connection => connection.SendAsync(request, CancellationToken.None))).Coordinators[0];
        Assert.Equal(Kafka.ErrorCode.None, coordinator.ErrorCode);
        return coordinator.NodeId;
    }

    private static async Task<T> AskAsync<T>(SiloProcess silo, Func<KafkaConnection, Task<T>> ask)
    {
        await using var connection = await KafkaConnection.ConnectAsync(
            "127.0.0.1", silo.Options.KafkaPort, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await ask(connection);
    }
}
