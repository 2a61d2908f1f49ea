using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Finds offsets: the first, the last, by time, of the largest time. Source: KIP-79, KIP-320, KIP-734.</summary>
public sealed class ListOffsetsHandler(TopicCatalog catalog, ReplicaRegistry replicas, IReplicaOpener opener, OutageLog outages) : MessageHandler<ListOffsetsRequest>
{
    private const sbyte ReadCommitted = 1;
    private const short FirstVersionWithOffsetNotAvailable = 5;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.ListOffsets;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 7;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(ListOffsetsRequest message, KafkaRequest request, CancellationToken token)
    {
        var snapshot = catalog.Current;
        var response = new ListOffsetsResponse();
        // Every answer is a search, so that who asks twice for one partition is refused both times, as by Kafka.
        var repeated = message.Topics.SelectMany(topic => topic.Partitions, (topic, partition) => (topic.Name, partition.PartitionIndex))
            .CountBy(key => key).Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet();
        foreach (var topic in message.Topics)
        {
            var answer = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            var known = snapshot.TryGet(topic.Name, out var found) ? found : null;
            foreach (var partition in topic.Partitions)
            {
                var offset = repeated.Contains((topic.Name, partition.PartitionIndex)) ? new OffsetAnswer(ErrorCode.InvalidRequest)
                    : request.Version < FirstVersionOf(partition.Timestamp) ? new OffsetAnswer(ErrorCode.UnsupportedVersion)
                    : await FindAsync(known, partition, message.IsolationLevel == ReadCommitted, token);
                answer.Partitions.Add(ToPartition(partition, offset, request.Version));
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    private static ListOffsetsResponse.ListOffsetsPartitionResponse ToPartition(ListOffsetsRequest.ListOffsetsPartition partition, in OffsetAnswer answer, short version)
    {
        var error = answer.Error == ErrorCode.OffsetNotAvailable && version < FirstVersionWithOffsetNotAvailable ? ErrorCode.LeaderNotAvailable : answer.Error;
        var response = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex, ErrorCode = error };
        if (version == 0)
        {
            response.OldStyleOffsets = error == ErrorCode.None && answer.Offset >= 0 && partition.MaxNumOffsets > 0 ? [answer.Offset] : [];
            return response;
        }

        response.Timestamp = answer.TimestampMs;
        response.Offset = answer.Offset;
        response.LeaderEpoch = version >= 4 ? answer.LeaderEpoch : -1;
        return response;
    }

    /// <summary>The version from which on a special timestamp has its meaning; before it, Kafka refuses it.</summary>
    private static short FirstVersionOf(long timestampMs) => timestampMs switch
    {
        OffsetAnswer.MaxTimestamp => 7,
        OffsetAnswer.EarliestLocal => 8,
        OffsetAnswer.LatestTiered => 9,
        _ => 0,
    };

    private async ValueTask<OffsetAnswer> FindAsync(CatalogTopic? topic, ListOffsetsRequest.ListOffsetsPartition partition, bool committedOnly, CancellationToken token)
    {
        if (topic is null || (uint)partition.PartitionIndex >= (uint)topic.PartitionCount)
        {
            return new OffsetAnswer(ErrorCode.UnknownTopicOrPartition);
        }

        var id = new PartitionId(topic.Id, partition.PartitionIndex);
        if (!replicas.TryGet(id, out var replica))
        {
            var error = await opener.OpenAsync(topic, partition.PartitionIndex, token);
            if (error != ErrorCode.None || !replicas.TryGet(id, out replica))
            {
                return new OffsetAnswer(error == ErrorCode.None ? ErrorCode.NotLeaderOrFollower : error);
            }
        }

        var answer = replica.FindOffset(partition.Timestamp, partition.CurrentLeaderEpoch, committedOnly);
        if (answer.Error == ErrorCode.KafkaStorageError)
        {
            outages.SearchFailed(topic.Name, partition.PartitionIndex, partition.Timestamp);
        }

        return answer;
    }
}
