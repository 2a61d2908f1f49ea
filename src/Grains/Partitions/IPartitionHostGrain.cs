using System.Globalization;
using Actors.Grains.Topics;
using Orleans;

namespace Actors.Grains.Partitions;

/// <summary>What the controller tells a node as a whole: which topics have come and gone.</summary>
[Alias("actors.partitionhost")]
public interface IPartitionHostGrain : IGrainWithStringKey
{
    /// <summary>
    /// Makes the logs of those partitions that the node holds, with one flush for all, and then takes the topics into the
    /// silo's catalog, also when the logs could not be made: the first touch makes them.
    /// </summary>
    [Alias("host")]
    Task Host(IReadOnlyList<StoredTopic> topics);

    /// <summary>Takes these topics out of the silo's catalog, closes their replicas and deletes their logs, with one flush for all.</summary>
    [Alias("delete")]
    Task Delete(IReadOnlyList<Guid> topicIds);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"partitions@{nodeId}");
}
