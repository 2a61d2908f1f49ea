using System.Globalization;
using System.Text.Json;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>What silos keep: a topic's records, and how far groups have read it. Each time it is written more is added; each time it is read all is there.</summary>
/// <param name="cluster">Whose.</param>
/// <param name="topic">A topic of <see cref="Partitions"/> partitions, made by somebody else.</param>
internal sealed class KeptState(SiloCluster cluster, string topic)
{
    /// <summary>Two or so on each silo.</summary>
    public const int Partitions = 6;

    private const int Messages = 60;

    /// <summary>Enough of them that each silo keeps some.</summary>
    private static readonly string[] Groups = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];

    private static readonly ErrorCode[] CoordinatorMoves = [ErrorCode.NotCoordinator, ErrorCode.CoordinatorNotAvailable, ErrorCode.CoordinatorLoadInProgress];

    private int _written;

    /// <summary>Adds records through each silo, and commits a further offset for each group and partition.</summary>
    public async Task WriteAsync()
    {
        _written++;
        foreach (var (index, silo) in cluster.Silos.Index())
        {
            var topicId = await LedAsync(silo);
            await BenchAsync(silo, "produce", "--messages", $"{Messages}", "--size", "100");
            foreach (var group in Groups.Where((_, number) => number % cluster.Silos.Count == index)) await CommitAsync(silo, group, topicId);
        }
    }

    /// <summary>Reads all of it through each silo.</summary>
    public async Task CheckAsync()
    {
        foreach (var silo in cluster.Silos)
        {
            var topicId = await LedAsync(silo);
            Assert.Equal(_written * Messages * cluster.Silos.Count, await BenchAsync(silo, "fetch"));
            foreach (var group in Groups) Assert.Equal(Offsets(), await CommittedAsync(silo, group, topicId));
        }
    }

    /// <summary>What groups commit: another number for each partition and each time.</summary>
    private List<long> Offsets() => [.. Enumerable.Range(0, Partitions).Select(partition => (long)(_written * 100) + partition)];

    /// <summary>Waits until a silo knows who leads each partition, as every client does.</summary>
    /// <returns>The topic's id.</returns>
    private async Task<Guid> LedAsync(SiloProcess silo)
    {
        var request = new MetadataRequest { Topics = [new() { Name = topic }] };
        return (await PatientClient.AskAsync(
            async () =>
            {
                var answer = (await PatientClient.OnceAsync(silo, connection => connection.SendAsync(request, CancellationToken.None))).Topics[0];
                var isLed = answer.Partitions.Count == Partitions && answer.Partitions.All(static partition => partition.LeaderId >= 0);
                return (answer.TopicId, isLed ? answer.ErrorCode : ErrorCode.LeaderNotAvailable);
            },
            ErrorCode.LeaderNotAvailable)).Answer;
    }

    private async Task CommitAsync(SiloProcess silo, string group, Guid topicId)
    {
        var offsets = Offsets();
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            Topics = [new() { Name = topic, TopicId = topicId, Partitions = [.. offsets.Select((offset, partition) => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset })] }],
        };
        var (_, error) = await AskCoordinatorAsync(silo, group, async coordinator =>
        {
            var partitions = (await PatientClient.OnceAsync(coordinator, connection => connection.SendAsync(request, CancellationToken.None))).Topics[0].Partitions;
            return (0, partitions.Select(static one => one.ErrorCode).FirstOrDefault(static one => one != ErrorCode.None));
        });
        Assert.Equal(ErrorCode.None, error);
    }

    private async Task<List<long>> CommittedAsync(SiloProcess silo, string group, Guid topicId)
    {
        var request = new OffsetFetchRequest
        {
            Groups = [new() { GroupId = group, Topics = [new() { Name = topic, TopicId = topicId, PartitionIndexes = [.. Enumerable.Range(0, Partitions)] }] }],
        };
        var (offsets, error) = await AskCoordinatorAsync(silo, group, async coordinator =>
        {
            var answer = (await PatientClient.OnceAsync(coordinator, connection => connection.SendAsync(request, CancellationToken.None))).Groups[0];
            List<long> found = [.. answer.Topics.SelectMany(static one => one.Partitions).OrderBy(static one => one.PartitionIndex).Select(static one => one.CommittedOffset)];
            return (found, answer.ErrorCode);
        });
        Assert.Equal(ErrorCode.None, error);
        return offsets;
    }

    /// <summary>Asks a silo who coordinates a group, and then that one.</summary>
    private Task<(T Answer, ErrorCode Error)> AskCoordinatorAsync<T>(SiloProcess silo, string group, Func<SiloProcess, Task<(T Answer, ErrorCode Error)>> ask) => PatientClient.AskAsync(
        async () =>
        {
            var found = await PatientClient.OnceAsync(silo, connection => connection.SendAsync(new FindCoordinatorRequest { CoordinatorKeys = [group] }, CancellationToken.None));
            var coordinator = found.Coordinators[0];
            return coordinator.ErrorCode == ErrorCode.None ? await ask(cluster.Silos[coordinator.NodeId - 1]) : (default!, coordinator.ErrorCode);
        },
        CoordinatorMoves);

    private async Task<long> BenchAsync(SiloProcess silo, string what, params string[] options)
    {
        string[] command = ["bench", what, "--topic", topic, "--partitions", Partitions.ToString(CultureInfo.InvariantCulture), "--output", "json", .. options];
        return JsonDocument.Parse((await SiloCluster.RunAsync(silo, command)).OutputOfSuccess()).RootElement.GetProperty("messages").GetInt64();
    }
}
