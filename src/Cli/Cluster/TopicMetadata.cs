using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Cluster;

/// <summary>A topic and where its partitions are led.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TopicId">Its id; empty where the broker does not tell.</param>
/// <param name="Partitions">Its partitions, by index.</param>
public sealed record TopicMetadata(string Name, Guid TopicId, IReadOnlyList<PartitionLeader> Partitions)
{
    /// <summary>Takes a topic out of a broker's answer.</summary>
    public static TopicMetadata From(MetadataResponse metadata, MetadataResponse.MetadataResponseTopic topic)
    {
        var brokers = metadata.Brokers.ToDictionary(broker => broker.NodeId, broker => new HostPort(broker.Host, broker.Port));
        var partitions = topic.Partitions
            .OrderBy(partition => partition.PartitionIndex)
            .Select(partition => new PartitionLeader(
                partition.PartitionIndex,
                partition.LeaderId,
                brokers.TryGetValue(partition.LeaderId, out var address) ? address : null))
            .ToList();
        return new TopicMetadata(topic.Name ?? "", topic.TopicId, partitions);
    }

    /// <summary>The leaders' addresses.</summary>
    /// <exception cref="CliException">A partition has no leader.</exception>
    public IReadOnlyList<HostPort> RequireLeaders() =>
        [.. Partitions.Select(partition => partition.Address
            ?? throw new CliException(Advice.For($"Partition {partition.Index} of topic '{Name}' has no leader", ErrorCode.LeaderNotAvailable, null)))];
}
