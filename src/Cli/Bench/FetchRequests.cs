using Actors.Cli.Cluster;
using Actors.Kafka.Messages;

namespace Actors.Cli.Bench;

/// <summary>Builds fetches of one partition.</summary>
internal static class FetchRequests
{
    private const int Consumer = -1;

    /// <summary>A fetch outside of any session.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="offset">Where to read from.</param>
    /// <param name="maxWaitMs">How long the broker may wait for a first byte.</param>
    /// <param name="maxBytes">Most bytes of the answer; one batch may be larger.</param>
    /// <param name="maxPartitionBytes">Most bytes of the partition; one batch may be larger.</param>
    public static FetchRequest Create(TopicMetadata topic, int partition, long offset, int maxWaitMs, int maxBytes, int maxPartitionBytes) => new()
    {
        ReplicaId = Consumer,
        MaxWaitMs = maxWaitMs,
        MinBytes = 1,
        MaxBytes = maxBytes,
        Topics =
        [
            new()
            {
                Topic = topic.Name,
                TopicId = topic.TopicId,
                Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxPartitionBytes }],
            },
        ],
    };
}
