using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Cluster;

/// <summary>Asks leaders where their partitions begin and end.</summary>
internal static class OffsetClient
{
    /// <summary>The timestamp that stands for the high watermark.</summary>
    public const long Latest = -1;

    /// <summary>The timestamp that stands for the first offset that is kept.</summary>
    public const long Earliest = -2;

    private const int Consumer = -1;

    /// <summary>One offset of every partition, in the order of the topic's partitions.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="topic">A topic whose partitions all have leaders.</param>
    /// <param name="timestamp"><see cref="Latest"/> or <see cref="Earliest"/>.</param>
    /// <exception cref="CliException">A partition has no leader, or its leader answered with an error.</exception>
    public static async Task<long[]> ListAsync(ClusterClient cluster, TopicMetadata topic, long timestamp, CancellationToken token)
    {
        var leaders = topic.RequireLeaders();
        var offsets = new long[topic.Partitions.Count];
        foreach (var group in Enumerable.Range(0, offsets.Length).GroupBy(index => leaders[index]))
        {
            var connection = await cluster.GetConnectionAsync(group.Key, token);
            var request = new ListOffsetsRequest
            {
                ReplicaId = Consumer,
                Topics =
                [
                    new()
                    {
                        Name = topic.Name,
                        Partitions = [.. group.Select(index => new ListOffsetsRequest.ListOffsetsPartition
                        {
                            PartitionIndex = topic.Partitions[index].Index,
                            Timestamp = timestamp,
                        })],
                    },
                ],
            };
            var answers = (await connection.SendAsync(request, token)).Topics.SelectMany(answer => answer.Partitions).ToDictionary(answer => answer.PartitionIndex);
            foreach (var index in group)
            {
                var partition = topic.Partitions[index].Index;
                var error = answers.TryGetValue(partition, out var answer) ? answer.ErrorCode : ErrorCode.UnknownTopicOrPartition;
                if (error != ErrorCode.None)
                {
                    throw new CliException(Advice.For($"The offsets of partition {partition} of topic '{topic.Name}' cannot be read", error, null));
                }

                offsets[index] = answer!.OldStyleOffsets.Count > 0 ? answer.OldStyleOffsets[0] : answer.Offset;
            }
        }

        return offsets;
    }
}
