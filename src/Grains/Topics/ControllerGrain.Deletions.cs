using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Microsoft.Extensions.Logging;
using Orleans;
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

    /// <summary>
    /// By deletion: nodes that have nothing of the topic any more, and are not asked again. When the name is in use again meanwhile, what
    /// groups commit there is the later topic's.
    /// </summary>
    private readonly Dictionary<Guid, HashSet<int>> _letGo = [];
    private bool _knowsDeleted;
    private long? _unfinishedSince;
    private Task _finishing = Task.CompletedTask;
    private bool _isEnding;

    private bool IsPatienceOver => _unfinishedSince is { } since && time.GetElapsedTime(since) >= Patience;

    /// <summary>Begins to end what a crash or an outage has left of deletions. Nobody waits for it: a node may take long to answer.</summary>
    public async Task Wake()
    {
        var hasFailed = await SettleDoubts() is not null;
        NoteWhatIsLeft();
        if (!hasFailed && _deleted.Count > 0 && _finishing.IsCompleted)
            _ = FinishUnwatchedAsync();
    }

    /// <summary>
    /// What runs beside the commands must not outlive the activation: its next one may create a topic whose name is being deleted here.
    /// No further step is begun, and the one that is under way is waited for.
    /// </summary>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isEnding = true;
        await _finishing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    private async Task FinishUnwatchedAsync()
    {
        try
        {
            await TryFinishDeletions();
        }
        catch (Exception failure)
        {
            LogNotFinished(logger, failure);
        }
    }

    /// <summary>
    /// Tries to end the deletions that there are now, when the attempt before has ended: two at once could forget offsets that groups have
    /// committed to a later topic of the name.
    /// </summary>
    private Task TryFinishDeletions()
    {
        return _finishing = AfterAsync(_finishing);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await TryFinishAll();
            NoteWhatIsLeft();
        }
    }

    /// <summary>All at once, and where that fails, each by itself: what holds one topic up holds no other.</summary>
    private async Task TryFinishAll()
    {
        if (_deleted.Count == 0 || await TryFinish([.. _deleted]) || _deleted.Count == 1)
            return;
        foreach (var topic in _deleted.ToList())
            await TryFinish([topic]);
    }

    /// <returns>Whether nothing more can be done for them now.</returns>
    private async Task<bool> TryFinish(IReadOnlyList<DeletedTopic> topics)
    {
        var nodeIds = nodes.Current.Live.Select(node => node.Id).ToList();
        if (_isEnding || !await LetGoOfLogs(nodeIds, topics) || _isEnding || !await ForgetOffsets(nodeIds, topics) || _isEnding)
            return false;
        var ids = topics.Where(topic => !IsAnyoneAway(topic)).Select(topic => topic.Id).ToList();
        if (ids.Count == 0)
            return true;
        try
        {
            await store.FinishDeletionsAsync(ids, CancellationToken.None);
            _deleted.RemoveAll(topic => ids.Contains(topic.Id));
            ids.ForEach(id => _letGo.Remove(id));
            return true;
        }
        catch (TopicStoreException failure)
        {
            // Everything is gone all the same; the next attempt finds nothing to do and says so to the store.
            LogStoreFailed(logger, "finish deletions", failure);
            return false;
        }
    }

    private Task<bool> LetGoOfLogs(IReadOnlyList<int> nodeIds, IReadOnlyList<DeletedTopic> topics) => OnEachNode(nodeIds, async nodeId =>
    {
        if (LeftOn(nodeId, topics) is { Count: > 0 } left)
            await GrainFactory.GetGrain<IPartitionHostGrain>(IPartitionHostGrain.KeyOf(nodeId)).Delete([.. left.Select(topic => topic.Id)]);
        return true;
    });

    /// <summary>After the logs: a later topic of the same name begins at offset 0, where no group has been yet.</summary>
    private Task<bool> ForgetOffsets(IReadOnlyList<int> nodeIds, IReadOnlyList<DeletedTopic> topics)
    {
        var skipUnreadable = IsPatienceOver;
        return OnEachNode(nodeIds, async nodeId =>
        {
            var left = LeftOn(nodeId, topics);
            if (left.Count == 0)
                return true;
            var groups = GrainFactory.GetGrain<IGroupHostGrain>(IGroupHostGrain.KeyOf(nodeId));
            if (!await groups.ForgetTopics([.. left.Select(topic => topic.Name)], skipUnreadable))
                return false;
            foreach (var topic in left)
                (_letGo.TryGetValue(topic.Id, out var known) ? known : _letGo[topic.Id] = []).Add(nodeId);
            return true;
        });
    }

    private List<DeletedTopic> LeftOn(int nodeId, IReadOnlyList<DeletedTopic> topics) => [.. topics.Where(topic => !HasLetGo(nodeId, topic))];

    private bool HasLetGo(int nodeId, DeletedTopic topic) => _letGo.TryGetValue(topic.Id, out var nodeIds) && nodeIds.Contains(nodeId);

    /// <summary>The next attempt comes with the next wake; how long it has been going on counts.</summary>
    private void NoteWhatIsLeft() => _unfinishedSince = _knowsDeleted && _deleted.Count == 0 ? null : _unfinishedSince ?? time.GetTimestamp();

    /// <summary>Whether a node that had the topic's logs, or has offsets of groups, is away.</summary>
    private bool IsAnyoneAway(DeletedTopic topic)
    {
        var live = nodes.Current;
        var offsets = catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var found) ? found.Partitions : [];
        return topic.NodeIds.Concat(offsets.SelectMany(row => row.Replicas)).Any(nodeId => !live.Has(nodeId));
    }

    private TopicPlanner.Plan RefuseNameInUse(TopicPlanner.Plan plan) =>
        plan.Topic is { } topic && _deleted.Exists(deleted => deleted.Name == topic.Name && !(IsPatienceOver && nodes.Current.Live.All(node => HasLetGo(node.Id, deleted))))
            ? plan with { Topic = null, Error = ErrorCode.TopicAlreadyExists, Message = $"Topic '{topic.Name}' is being deleted; try again in a moment." }
            : plan;

    [LoggerMessage(2203, LogLevel.Error, "Deletions of topics could not be finished; that is tried again.")]
    private static partial void LogNotFinished(ILogger logger, Exception failure);
}
