using Actors.Cli.Cluster;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cli.Status;

/// <summary>What the Kafka side of a cluster says about it.</summary>
/// <param name="Metadata">Brokers and topics.</param>
/// <param name="Unreachable">Brokers whose port does not answer, with the reason.</param>
internal sealed record KafkaFacts(MetadataResponse Metadata, IReadOnlyDictionary<int, string> Unreachable)
{
    /// <summary>Asks.</summary>
    /// <exception cref="KafkaConnectionException">No bootstrap address answers.</exception>
    public static async Task<KafkaFacts> AskAsync(IReadOnlyList<HostPort> bootstrap, TimeProvider time, CancellationToken token)
    {
        await using var cluster = await ClusterClient.ConnectAsync(bootstrap, new KafkaConnectionOptions(), time, token);
        var metadata = await cluster.GetMetadataAsync(null, token);
        var unreachable = new Dictionary<int, string>();
        await Task.WhenAll(metadata.Brokers.Select(async broker =>
        {
            try
            {
                await cluster.GetConnectionAsync(new HostPort(broker.Host, broker.Port), token);
            }
            catch (KafkaConnectionException failure)
            {
                lock (unreachable)
                {
                    unreachable.Add(broker.NodeId, failure.Message);
                }
            }
        }));
        return new KafkaFacts(metadata, unreachable);
    }

    /// <summary>The topics that can be counted.</summary>
    public IReadOnlyList<MetadataResponse.MetadataResponseTopic> Topics => [.. Metadata.Topics.Where(topic => topic.ErrorCode == ErrorCode.None)];
}
