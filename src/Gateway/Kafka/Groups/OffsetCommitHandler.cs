using Actors.Grains.Groups;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Commits offsets of a group; the answer waits until they are durable. A topic that does not exist is refused here.</summary>
public sealed class OffsetCommitHandler(GroupCoordinator groups, TopicCatalog catalog) : MessageHandler<OffsetCommitRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.OffsetCommit;

    /// <inheritdoc/>
    public override short MinVersion => 1;

    /// <inheritdoc/>
    public override short MaxVersion => 8;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(OffsetCommitRequest message, KafkaRequest request, CancellationToken token)
    {
        var snapshot = catalog.Current;
        var known = message.Topics
            .SelectMany(topic => topic.Partitions.Where(partition => Exists(snapshot, topic.Name, partition.PartitionIndex)).Select(partition => ToOffset(topic.Name, partition)))
            .ToArray();
        var errors = known.Length == 0
            ? []
            : (await groups.CommitAsync(message.GroupId, new GroupCommit
            {
                GenerationId = message.GenerationIdOrMemberEpoch,
                MemberId = message.MemberId,
                GroupInstanceId = message.GroupInstanceId,
                RetentionTimeMs = message.RetentionTimeMs,
                Offsets = known,
            })).ErrorCodes;

        // The grain's answers stand in the order of its question, which left the unknown partitions out.
        var next = 0;
        return new OffsetCommitResponse
        {
            Topics =
            [
                .. message.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
                        {
                            PartitionIndex = partition.PartitionIndex,
                            ErrorCode = Exists(snapshot, topic.Name, partition.PartitionIndex) ? (ErrorCode)errors[next++] : ErrorCode.UnknownTopicOrPartition,
                        }),
                    ],
                }),
            ],
        };
    }

    private static bool Exists(TopicCatalogSnapshot snapshot, string topic, int partition) =>
        snapshot.TryGet(topic, out var found) && (uint)partition < (uint)found.PartitionCount;

    private static GroupCommitOffset ToOffset(string topic, OffsetCommitRequest.OffsetCommitRequestPartition partition) => new()
    {
        Topic = topic,
        Partition = partition.PartitionIndex,
        Offset = partition.CommittedOffset,
        LeaderEpoch = partition.CommittedLeaderEpoch,
        Metadata = partition.CommittedMetadata,
        CommitTimestampMs = partition.CommitTimestamp,
    };
}
