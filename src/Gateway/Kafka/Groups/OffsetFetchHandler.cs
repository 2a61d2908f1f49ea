using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Reads committed offsets: of one group before version 8, of many from then on. Source: KIP-709.</summary>
/// <remarks>
/// A partition that is named twice is answered once, and so is a group, as its first mention wants it: an answer is not larger
/// than what the groups have committed and what the request names.
/// </remarks>
public sealed class OffsetFetchHandler(GroupCoordinator groups) : MessageHandler<OffsetFetchRequest>
{
    private const short FirstVersionWithManyGroups = 8;
    private const short FirstVersionWithGroupError = 2;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.OffsetFetch;

    /// <inheritdoc/>
    public override short MinVersion => 1;

    /// <inheritdoc/>
    public override short MaxVersion => 8;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(OffsetFetchRequest message, KafkaRequest request, CancellationToken token)
    {
        if (request.Version < FirstVersionWithManyGroups)
        {
            return await OfOneGroupAsync(message, request.Version);
        }

        var response = new OffsetFetchResponse();
        foreach (var group in message.Groups.DistinctBy(group => group.GroupId, StringComparer.Ordinal))
        {
            var answer = await groups.FetchAsync(group.GroupId, new GroupFetch
            {
                Partitions = group.Topics?.SelectMany(topic => PartitionsOf(topic.Name, topic.PartitionIndexes)).Distinct().ToArray(),
            });
            response.Groups.Add(new OffsetFetchResponse.OffsetFetchResponseGroup
            {
                GroupId = group.GroupId,
                ErrorCode = (ErrorCode)answer.ErrorCode,
                Topics =
                [
                    .. answer.Offsets.GroupBy(offset => offset.Topic, StringComparer.Ordinal).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
                    {
                        Name = topic.Key,
                        Partitions =
                        [
                            .. topic.Select(offset => new OffsetFetchResponse.OffsetFetchResponsePartitions
                            {
                                PartitionIndex = offset.Partition,
                                CommittedOffset = offset.Offset,
                                CommittedLeaderEpoch = offset.LeaderEpoch,
                                Metadata = offset.Metadata,
                            }),
                        ],
                    }),
                ],
            });
        }

        return response;
    }

    private async Task<OffsetFetchResponse> OfOneGroupAsync(OffsetFetchRequest message, short version)
    {
        var wanted = message.Topics?.SelectMany(topic => PartitionsOf(topic.Name, topic.PartitionIndexes)).Distinct().ToArray();
        var answer = await groups.FetchAsync(message.GroupId, new GroupFetch { Partitions = wanted });
        var error = (ErrorCode)answer.ErrorCode;
        var offsets = answer.Offsets;
        if (error != ErrorCode.None && version < FirstVersionWithGroupError)
        {
            // The oldest version has no place for an error of the group, so every partition that was asked for says it.
            offsets = [.. (wanted ?? []).Select(partition => new GroupFetchedOffset { Topic = partition.Topic, Partition = partition.Partition })];
        }

        return new OffsetFetchResponse
        {
            ErrorCode = error,
            Topics =
            [
                .. offsets.GroupBy(offset => offset.Topic, StringComparer.Ordinal).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(offset => new OffsetFetchResponse.OffsetFetchResponsePartition
                        {
                            PartitionIndex = offset.Partition,
                            CommittedOffset = offset.Offset,
                            CommittedLeaderEpoch = offset.LeaderEpoch,
                            Metadata = offset.Metadata,
                            ErrorCode = error,
                        }),
                    ],
                }),
            ],
        };
    }

    private static IEnumerable<GroupTopicPartition> PartitionsOf(string topic, IEnumerable<int> indexes) =>
        indexes.Select(index => new GroupTopicPartition(topic, index));
}
