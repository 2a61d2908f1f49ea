using Actors.Cli.Cluster;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cli.Topics;

/// <summary>Asks a cluster about its topics.</summary>
internal static class TopicQueries
{
    private const sbyte TopicResource = 2;
    private const sbyte DefaultSource = 5;

    /// <summary>All topics by name.</summary>
    public static async Task<TopicList> ListAsync(ClusterClient cluster, bool withInternal, CancellationToken token)
    {
        var metadata = await cluster.GetMetadataAsync(null, token);
        return new TopicList([.. metadata.Topics
            .Where(topic => topic.ErrorCode == ErrorCode.None && (withInternal || !topic.IsInternal))
            .OrderBy(topic => topic.Name, StringComparer.Ordinal)
            .Select(topic => new TopicSummary(
                topic.Name ?? "",
                NullIfEmpty(topic.TopicId),
                topic.Partitions.Count,
                topic.Partitions.Count == 0 ? 0 : topic.Partitions[0].ReplicaNodes.Count,
                topic.IsInternal))]);
    }

    /// <summary>Topics in every detail; all of them where none is named.</summary>
    /// <exception cref="CliException">A named topic does not exist.</exception>
    public static async Task<TopicDescriptions> DescribeAsync(ClusterClient cluster, IReadOnlyList<string> names, CancellationToken token)
    {
        var metadata = await cluster.GetMetadataAsync(names.Count == 0 ? null : [.. names.Distinct()], token);
        var topics = new List<TopicDescription>();
        foreach (var topic in names.Count == 0 ? [.. metadata.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal)] : metadata.Topics)
        {
            if (topic.ErrorCode != ErrorCode.None)
            {
                throw new CliException(Advice.For($"Topic '{topic.Name}' cannot be described", topic.ErrorCode, null));
            }

            topics.Add(await DescribeAsync(cluster, metadata, topic, token));
        }

        return new TopicDescriptions(topics);
    }

    private static async Task<TopicDescription> DescribeAsync(
        ClusterClient cluster, MetadataResponse metadata, MetadataResponse.MetadataResponseTopic topic, CancellationToken token)
    {
        var known = TopicMetadata.From(metadata, topic);
        var starts = await TryListOffsetsAsync(cluster, known, OffsetClient.Earliest, token);
        var ends = await TryListOffsetsAsync(cluster, known, OffsetClient.Latest, token);
        var partitions = topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select((partition, index) => new PartitionDescription(
            partition.PartitionIndex,
            partition.LeaderId,
            partition.LeaderEpoch,
            partition.ReplicaNodes,
            partition.IsrNodes,
            starts?[index],
            ends?[index]));
        return new TopicDescription(known.Name, NullIfEmpty(topic.TopicId), topic.IsInternal, [.. partitions], await GetConfigsAsync(cluster, known.Name, token));
    }

    /// <summary>Offsets are left out when a leader is missing: the rest of the description says so.</summary>
    private static async Task<long[]?> TryListOffsetsAsync(ClusterClient cluster, TopicMetadata topic, long timestamp, CancellationToken token)
    {
        try
        {
            return await OffsetClient.ListAsync(cluster, topic, timestamp, token);
        }
        catch (Exception e) when (e is CliException or KafkaConnectionException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyDictionary<string, string?>> GetConfigsAsync(ClusterClient cluster, string name, CancellationToken token)
    {
        if (cluster.HighestVersion(ApiKey.DescribeConfigs) < 0)
        {
            return new Dictionary<string, string?>();
        }

        var request = new DescribeConfigsRequest { Resources = [new() { ResourceType = TopicResource, ResourceName = name, ConfigurationKeys = null }] };
        var response = await cluster.AskAsync(request, token);
        return response.Results
            .Where(result => result.ErrorCode == ErrorCode.None)
            .SelectMany(result => result.Configs)
            .Where(config => !config.IsDefault && config.ConfigSource != DefaultSource)
            .OrderBy(config => config.Name, StringComparer.Ordinal)
            .ToDictionary(config => config.Name, config => config.IsSensitive ? null : config.Value);
    }

    private static Guid? NullIfEmpty(Guid id) => id == Guid.Empty ? null : id;
}
