using System.Net.Http.Json;
using System.Text.Json;
using Actors.Cli.Output;
using Actors.Kafka.Client;

namespace Actors.Cli.Status;

/// <summary>Asks a cluster how it is: by HTTP what silos say of themselves, by Kafka what clients see.</summary>
internal static class StatusQuery
{
    private static readonly TimeSpan HttpTimeout = TimeSpan.FromSeconds(5);

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

        var silos = await AskHttpAsync(http, warnings, time, token);
        return kafka is null && silos is null
            ? throw new CliException(string.Join(Environment.NewLine, warnings))
            : Merge(kafka, silos ?? [], warnings);
    }

    private static async Task<IReadOnlyList<HttpSilo>?> AskHttpAsync(
        IReadOnlyList<HostPort> addresses, List<string> warnings, TimeProvider time, CancellationToken token)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        foreach (var address in addresses)
        {
            using var deadline = new CancellationTokenSource(HttpTimeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
            try
            {
                var answer = await client.GetFromJsonAsync(new Uri($"http://{address}/api/v1/status"), CliJson.Default.HttpStatus, linked.Token);
                if (answer?.Silos is { } silos)
                {
                    return silos;
                }

                warnings.Add($"http://{address} answered without silos; is it a silo's HTTP address? Name it with --http host:port.");
            }
            catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !token.IsCancellationRequested))
            {
                var reason = e is OperationCanceledException ? $"no answer within {HttpTimeout.TotalSeconds} s" : e.Message.TrimEnd('.');
                warnings.Add($"http://{address} could not be asked ({reason}); name a silo's HTTP address with --http host:port.");
            }
        }

        return null;
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
            var address = new HostPort(broker.Host, broker.Port).ToString();
            if (!lines.TryGetValue(broker.NodeId, out var line))
            {
                var status = reason is null ? "Active" : "Unreachable";
                lines[broker.NodeId] = new SiloLine(
                    NameOf(broker.NodeId), broker.NodeId, status, reason is null ? [] : [reason], address, null, null, broker.NodeId == controller);
            }
            else if (reason is not null)
            {
                lines[broker.NodeId] = line with { Reasons = [.. line.Reasons, reason] };
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

    private static string NameOf(int nodeId) => $"node-{nodeId}";
}
