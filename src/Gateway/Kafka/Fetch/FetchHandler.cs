using Actors.Grains.Partitions;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>
/// Gives records. A fetch that finds too few waits for an event of its replicas, up to the client's time, and holds nothing
/// meanwhile; the records are read when its answer's turn to be written has come.
/// </summary>
/// <remarks>Source: KIP-74 (sizes), KIP-227 (sessions), KIP-320 (epochs), KIP-516 (topic ids), KIP-951 (leaders in errors).</remarks>
public sealed class FetchHandler(FetchServices services) : IKafkaHandler
{
    /// <summary>A request of thousands of partitions holds memory that others wait for; it is answered early, and asked again.</summary>
    private const int LongestLargeWaitMs = 5_000;

    private const sbyte ReadCommitted = 1;
    private const int NewSessionEpoch = 0;
    private const int NoSessionEpoch = -1;
    private const short FirstTopicIdVersion = 13;

    /// <inheritdoc/>
    public ApiKey Key => ApiKey.Fetch;

    /// <inheritdoc/>
    public short MinVersion => 4;

    /// <inheritdoc/>
    public short MaxVersion => 17;

    /// <inheritdoc/>
    public bool Overlaps => true;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(KafkaRequest request, CancellationToken token)
    {
        var message = request.Read<FetchRequest>();
        var error = Begin(message, request.Version, out var session, out var isIncremental, out var targets);
        if (error != ErrorCode.None)
        {
            request.Reply(new FetchResponse { ErrorCode = error }, error);
            return;
        }

        var heldBytes = FetchTarget.BytesOf(targets);
        request.Hold(heldBytes);
        var items = new List<FetchItem>(targets.Count);
        foreach (var target in targets)
            items.Add(await ResolveAsync(target, token));
        var maxBytes = Math.Min(message.MaxBytes, services.Options.MaxFetchBytes);
        var committedOnly = message.IsolationLevel == ReadCommitted;
        var enough = new FetchThreshold(items, Math.Min(message.MinBytes, maxBytes), committedOnly);
        if (items.Count > 0 && message.MaxWaitMs > 0 && !enough.IsReached())
            await WaitAsync(enough, request.IsLarge ? Math.Min(message.MaxWaitMs, LongestLargeWaitMs) : message.MaxWaitMs, request.Hurry);
        request.Reply(new FetchBody(services, items, heldBytes, session, isIncremental, maxBytes, committedOnly));
    }

    /// <summary>Finds out which partitions are meant: those of the request, or those of its session.</summary>
    private ErrorCode Begin(
        FetchRequest message, short version, out FetchSession? session, out bool isIncremental, out IReadOnlyList<FetchTarget> targets)
    {
        var usesTopicIds = version >= FirstTopicIdVersion;
        var named = NamedBy(message, usesTopicIds);
        (session, isIncremental, targets) = (null, false, named);
        switch (message.SessionEpoch)
        {
            case NoSessionEpoch or NewSessionEpoch:
                if (message.SessionId != 0)
                    services.Sessions.Remove(message.SessionId);
                if (message.SessionEpoch == NewSessionEpoch && named.Count > 0)
                    session = services.Sessions.TryCreate(named, usesTopicIds);
                return ErrorCode.None;
            default:
                isIncremental = true;
                var error = services.Sessions.TryContinue(
                    message.SessionId, message.SessionEpoch, usesTopicIds, named, ForgottenBy(message, usesTopicIds), out session, out var all);
                targets = all;
                return error;
        }
    }

    private async ValueTask<FetchItem> ResolveAsync(FetchTarget target, CancellationToken token)
    {
        var item = new FetchItem(target);
        var key = target.Key;
        var catalog = services.Catalog.Current;
        var isKnown = key.TopicName is null ? catalog.TryGet(key.TopicId, out var topic) : catalog.TryGet(key.TopicName, out topic);
        if (!isKnown)
        {
            item.Error = key.TopicName is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            return item;
        }

        item.Topic = topic;
        if (!topic!.TryGetPartition(key.Partition, out _))
        {
            item.Error = ErrorCode.UnknownTopicOrPartition;
            return item;
        }

        var partition = new PartitionId(topic.Id, key.Partition);
        if (!services.Replicas.TryGet(partition, out var replica))
        {
            item.Error = await services.Opener.OpenAsync(topic, key.Partition, token);
            if (item.Error == ErrorCode.None && !services.Replicas.TryGet(partition, out replica))
                item.Error = ErrorCode.NotLeaderOrFollower;
        }

        item.Replica = replica;
        return item;
    }

    private async ValueTask WaitAsync(FetchThreshold enough, int maxWaitMs, CancellationToken hurry)
    {
        var wait = new FetchWait();
        using var ending = hurry.UnsafeRegister(static wait => ((FetchWait)wait!).End(), wait);
        services.Wheel.Schedule(wait, maxWaitMs);
        try
        {
            foreach (var item in enough.Items)
            {
                if (!item.Replica!.Watch(wait, item.KnownHighWatermark))
                    wait.OnProgress(item.Replica);
            }

            do
            {
                await wait.Signal;
                wait.Rearm();
            }
            while (!wait.IsOver && !enough.IsReached());
        }
        finally
        {
            services.Wheel.Cancel(wait);
            foreach (var item in enough.Items)
                item.Replica!.Unwatch(wait);
        }
    }

    /// <summary>The partitions in the request's order; of one that is named twice the last word counts, as in Kafka.</summary>
    private static List<FetchTarget> NamedBy(FetchRequest message, bool usesTopicIds)
    {
        var targets = new OrderedDictionary<FetchKey, FetchTarget>();
        foreach (var topic in message.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var key = KeyOf(topic.Topic, topic.TopicId, partition.Partition, usesTopicIds);
                targets[key] = new FetchTarget(key)
                {
                    Position = new FetchPosition(partition.FetchOffset, partition.CurrentLeaderEpoch, partition.LastFetchedEpoch),
                    MaxBytes = partition.PartitionMaxBytes,
                };
            }
        }

        return [.. targets.Values];
    }

    private static List<FetchKey> ForgottenBy(FetchRequest message, bool usesTopicIds)
    {
        var keys = new List<FetchKey>();
        foreach (var topic in message.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
                keys.Add(KeyOf(topic.Topic, topic.TopicId, partition, usesTopicIds));
        }

        return keys;
    }

    private static FetchKey KeyOf(string name, Guid id, int partition, bool usesTopicIds) =>
        usesTopicIds ? new FetchKey(null, id, partition) : new FetchKey(name, Guid.Empty, partition);
}
