using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cli.Status;

/// <summary>Asks a cluster how it is: by HTTP what silos say of themselves, by Kafka what clients see.</summary>
internal static class StatusQuery
{
    /// <summary>Asks both sides; one answer is enough.</summary>
    /// <exception cref="CliException">Neither side answers.</exception>
    public static async Task<ClusterStatus> AskAsync(
        IReadOnlyList<HostPort> bootstrap, IReadOnlyList<HostPort> http, TimeProvider time, CancellationToken token)
    {
        var warnings = new List<string>();
        KafkaFacts? kafka = null;
        try
        {
            kafka = await KafkaFacts.AskAsync(bootstrap, time, token);
        }
        catch (KafkaConnectionException failure)
        {
            warnings.Add(Advice.For(failure));
        }

        var brokers = kafka?.Metadata.Brokers.Select(AddressOf).ToHashSet(StringComparer.Ordinal);
        var (silos, reasons) = await SiloDirectory.AskAsync(http, brokers, time, token);
        warnings.AddRange(reasons);
        return kafka is null && silos is null
            ? throw new CliException(string.Join(Environment.NewLine, warnings))
            : Merge(kafka, silos ?? [], warnings);
    }

    private static ClusterStatus Merge(KafkaFacts? kafka, IReadOnlyList<HttpSilo> silos, List<string> warnings)
    {
        var controller = kafka?.Metadata.ControllerId ?? -1;
        var lines = new SortedDictionary<int, SiloLine>();
        foreach (var silo in silos)
        {
            lines[silo.NodeId] = new SiloLine(
                silo.Name ?? NameOf(silo.NodeId),
                silo.NodeId,
                silo.Status ?? "Unknown",
                silo.Reasons ?? [],
                silo.Kafka,
                silo.Http,
                silo.UptimeSeconds,
                silo.NodeId == controller);
        }

        foreach (var broker in kafka?.Metadata.Brokers ?? [])
        {
            var reason = kafka!.Unreachable.GetValueOrDefault(broker.NodeId);
            var address = AddressOf(broker);
            if (!lines.TryGetValue(broker.NodeId, out var line))
            {
                var status = reason is null ? "Active" : "Unreachable";
                lines[broker.NodeId] = new SiloLine(
                    NameOf(broker.NodeId), broker.NodeId, status, reason is null ? [] : [reason], address, null, null, broker.NodeId == controller);
            }
            else
            {
                lines[broker.NodeId] = line with { Kafka = line.Kafka ?? address, Reasons = reason is null ? line.Reasons : [.. line.Reasons, reason] };
            }
        }

        var partitions = kafka?.Topics.SelectMany(topic => topic.Partitions).ToList();
        return new ClusterStatus(
            kafka?.Metadata.ClusterId,
            [.. lines.Values],
            kafka?.Topics.Count,
            partitions?.Count,
            partitions?.Count(partition => partition.LeaderId < 0),
            partitions?.Count(partition => partition.IsrNodes.Count < partition.ReplicaNodes.Count),
            warnings);
    }

    private static string AddressOf(MetadataResponse.MetadataResponseBroker broker) => new HostPort(broker.Host, broker.Port).ToString();

    private static string NameOf(int nodeId) => $"node-{nodeId}";
}
