using Actors.Grains.Groups;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Topics;

/// <content>
/// What a deleted topic leaves behind: logs, and offsets that groups have committed. The store remembers the deletion until every
/// node has let go of both, so that neither a crash nor a node's failure leaves disks full, or gives a later topic of the name
/// offsets at which no group has been.
/// <para>While a node that has something of a topic is away, the deletion is not finished. The name is free again when the others
/// have let go and <see cref="Patience"/> is over; what the node has goes when it is back.</para>
/// </content>
public sealed partial class ControllerGrain
{
    /// <summary>So long a node that is away, or a partition of offsets that cannot be read, keeps the names of deleted topics from being used again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly List<DeletedTopic> _deleted = [];
    private readonly HashSet<Guid> _goneFromLiveNodes = [];
    private bool _knowsDeleted;
    private long? _unfinishedSince;

    private bool IsPatienceOver => _unfinishedSince is { } since && time.GetElapsedTime(since) >= Patience;

    /// <summary>Ends what a crash or an outage has left of deletions.</summary>
    public async Task Wake()
    {
        if (await SettleDoubts() is null)
            await TryFinishDeletions();
        NoteWhatIsLeft();
    }

    /// <summary>All at once, and where that fails, each by itself: what holds one topic up holds no other.</summary>
    private async Task TryFinishDeletions()
    {
        if (_deleted.Count == 0 || await TryFinish([.. _deleted]) || _deleted.Count == 1)
            return;
        foreach (var topic in _deleted.ToList())
            await TryFinish([topic]);
    }

    /// <returns>Whether nothing more can be done for them now.</returns>
    private async Task<bool> TryFinish(IReadOnlyList<DeletedTopic> topics)
    {
        var (ids, names) = (topics.Select(topic => topic.Id).ToList(), topics.Select(topic => topic.Name).ToArray());
        if (!await OnEachNode(node => node.Delete(ids)) || !await ForgetOffsets(names))
            return false;
        _goneFromLiveNodes.UnionWith(ids);
        if (topics.Any(IsAnyoneAway))
            return true;
        try
        {
            await store.FinishDeletionsAsync(ids, CancellationToken.None);
            _deleted.RemoveAll(topic => ids.Contains(topic.Id));
            _goneFromLiveNodes.ExceptWith(ids);
            return true;
        }
        catch (TopicStoreException failure)
        {
            // Everything is gone all the same; the next attempt finds nothing to do and says so to the store.
            LogStoreFailed(logger, "finish deletions", failure);
            return false;
        }
    }

    /// <summary>The next attempt comes with the next wake; how long it has been going on counts.</summary>
    private void NoteWhatIsLeft() => _unfinishedSince = _knowsDeleted && _deleted.Count == 0 ? null : _unfinishedSince ?? time.GetTimestamp();

    /// <summary>A later topic of the same name begins at offset 0, where no group has been yet.</summary>
    private Task<bool> ForgetOffsets(string[] names)
    {
        var skipUnreadable = IsPatienceOver;
        return OnEachNode(nodeId => GrainFactory.GetGrain<IGroupHostGrain>(IGroupHostGrain.KeyOf(nodeId)).ForgetTopics(names, skipUnreadable));
    }

    /// <summary>Whether a node that had the topic's logs, or has offsets of groups, is away.</summary>
    private bool IsAnyoneAway(DeletedTopic topic)
    {
        var live = nodes.Current;
        var offsets = catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var found) ? found.Partitions : [];
        return topic.NodeIds.Concat(offsets.SelectMany(row => row.Replicas)).Any(nodeId => !live.Has(nodeId));
    }

    private TopicPlanner.Plan RefuseNameInUse(TopicPlanner.Plan plan) =>
        plan.Topic is { } topic && _deleted.Exists(deleted => deleted.Name == topic.Name && !(IsPatienceOver && _goneFromLiveNodes.Contains(deleted.Id)))
            ? plan with { Topic = null, Error = ErrorCode.TopicAlreadyExists, Message = $"Topic '{topic.Name}' is being deleted; try again in a moment." }
            : plan;
}
