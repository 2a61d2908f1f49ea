using System.Globalization;
using Orleans;

namespace Actors.Grains.Partitions;

/// <summary>What the controller asks of a node as a whole: to make and to delete the logs of many partitions at once.</summary>
[Alias("actors.partitionhost")]
public interface IPartitionHostGrain : IGrainWithStringKey
{
    /// <summary>Makes the logs, with one flush for all. Those that exist are left as they are.</summary>
    [Alias("host")]
    Task Host(IReadOnlyList<HostedTopic> topics);

    /// <summary>Closes the replicas of these topics and deletes their logs, with one flush for all.</summary>
    [Alias("delete")]
    Task Delete(IReadOnlyList<Guid> topicIds);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"partitions@{nodeId}");
}

/// <summary>A topic and those of its partitions that a node holds.</summary>
[GenerateSerializer, Immutable, Alias("actors.partitionhost.topic")]
public sealed record HostedTopic
{
    [Id(0)] public required Guid TopicId { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required IReadOnlyList<int> Partitions { get; init; }
    [Id(3)] public required IReadOnlyDictionary<string, string> Configs { get; init; }
}
