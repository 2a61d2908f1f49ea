using Actors.Grains;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Tells clients which nodes there are and who leads what. Source: KIP-4, KIP-516 for topic ids.</summary>
/// <remarks>
/// An unknown topic that may be created is created here; the answer is then success, or LEADER_NOT_AVAILABLE when it could not
/// be created now, which every client asks again after. UNKNOWN_TOPIC_OR_PARTITION would be final for some.
/// </remarks>
public sealed class MetadataHandler(TopicCatalog catalog, IBrokerDirectory brokers, BrokerStartup cluster, TopicCreation creation) : MessageHandler<MetadataRequest>
{
    private const short FirstVersionWithNoTopics = 1;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.Metadata;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 12;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(MetadataRequest message, KafkaRequest request, CancellationToken token)
    {
        var wantsAll = message.Topics is null || (request.Version < FirstVersionWithNoTopics && message.Topics.Count == 0);
        var refusals = await creation.CreateMissingAsync(wantsAll ? [] : UnknownNames(message), message.AllowAutoTopicCreation);
        var snapshot = catalog.Current;
        var response = new MetadataResponse
        {
            ClusterId = cluster.ClusterId,
            ControllerId = brokers.ControllerId,
            Brokers = [.. brokers.LiveBrokers.Select(broker => new MetadataResponse.MetadataResponseBroker { NodeId = broker.NodeId, Host = broker.Host, Port = broker.Port })],
        };
        response.Topics = wantsAll
            ? [.. snapshot.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(ToTopic)]
            : [.. message.Topics!.DistinctBy(IdentityOf).Select(wanted => Find(wanted, snapshot, refusals, request.Version))];
        return response;
    }

    private List<string> UnknownNames(MetadataRequest message)
    {
        var snapshot = catalog.Current;
        return [.. message.Topics!.Select(topic => topic.Name).OfType<string>().Where(name => !snapshot.TryGet(name, out _)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A topic that is named many times is told once, as by Kafka; else a small request had an answer without measure.</summary>
    private static (string? Name, Guid Id) IdentityOf(MetadataRequest.MetadataRequestTopic wanted) =>
        wanted.Name is { } name ? (name, Guid.Empty) : (null, wanted.TopicId);

    private MetadataResponse.MetadataResponseTopic Find(
        MetadataRequest.MetadataRequestTopic wanted, TopicCatalogSnapshot snapshot, IReadOnlyDictionary<string, ErrorCode> refusals, short version)
    {
        if (wanted.Name is { } name)
        {
            return snapshot.TryGet(name, out var topic)
                ? ToTopic(topic)
                : new MetadataResponse.MetadataResponseTopic { Name = name, ErrorCode = refusals.GetValueOrDefault(name, ErrorCode.LeaderNotAvailable) };
        }

        return snapshot.TryGet(wanted.TopicId, out var byId)
            ? ToTopic(byId)
            : new MetadataResponse.MetadataResponseTopic { Name = version >= 12 ? null : string.Empty, TopicId = wanted.TopicId, ErrorCode = ErrorCode.UnknownTopicId };
    }

    private MetadataResponse.MetadataResponseTopic ToTopic(CatalogTopic topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.Row.IsInternal,
        Partitions = [.. topic.Partitions.Select(ToPartition)],
    };

    /// <summary>A leader whose node is away is nobody to be sent to; it stays among the replicas.</summary>
    private MetadataResponse.MetadataResponsePartition ToPartition(PartitionRow row)
    {
        var isLed = IsLive(row.LeaderId);
        return new()
        {
            PartitionIndex = row.Index,
            ErrorCode = isLed ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
            LeaderId = isLed ? row.LeaderId : PartitionRow.NoLeader,
            LeaderEpoch = row.LeaderEpoch,
            ReplicaNodes = [.. row.Replicas],
            IsrNodes = [.. row.InSyncReplicas],
            OfflineReplicas = [.. row.Replicas.Where(replica => !IsLive(replica))],
        };
    }

    private bool IsLive(int nodeId) => brokers.LiveBrokers.Any(broker => broker.NodeId == nodeId);
}
