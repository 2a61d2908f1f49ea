using Actors.Grains.Groups;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Topics;

/// <content>
/// What a deleted topic leaves behind: logs, and offsets that groups have committed. The store remembers the deletion until every
/// node has let go of both, so that neither a crash nor a node's failure leaves disks full, or gives a later topic of the name
/// offsets at which no group has been.
/// </content>
public sealed partial class ControllerGrain
{
    private static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromSeconds(30);
    private readonly List<DeletedTopic> _deleted = [];
    private bool _knowsDeleted;
    private IGrainTimer? _nextAttempt;

    /// <inheritdoc/>
    public async Task FinishDeletions()
    {
        if (await SettleDoubts() is null)
            await TryFinishDeletions();
        KeepTrying();
    }

    private async Task TryFinishDeletions()
    {
        if (_deleted.Count == 0)
            return;
        var (ids, names) = (_deleted.Select(topic => topic.Id).ToList(), _deleted.Select(topic => topic.Name).ToArray());
        if (!await OnEachNode(node => node.Delete(ids)) || !await ForgetOffsets(names))
            return;
        try
        {
            await store.FinishDeletionsAsync(ids, CancellationToken.None);
            _deleted.Clear();
        }
        catch (TopicStoreException failure)
        {
            // Everything is gone all the same; the next attempt finds nothing to do and says so to the store.
            LogStoreFailed(logger, "finish deletions", failure);
        }
    }

    /// <summary>The timer runs only while something is left.</summary>
    private void KeepTrying()
    {
        if (_knowsDeleted && _deleted.Count == 0)
        {
            _nextAttempt?.Dispose();
            _nextAttempt = null;
        }
        else
        {
            _nextAttempt ??= this.RegisterGrainTimer(FinishDeletions, PauseBetweenAttempts, PauseBetweenAttempts);
        }
    }

    /// <summary>A later topic of the same name begins at offset 0, where no group has been yet.</summary>
    private Task<bool> ForgetOffsets(string[] names) => OnEachNode(async nodeId =>
        await GrainFactory.GetGrain<IGroupHostGrain>(IGroupHostGrain.KeyOf(nodeId)).ForgetTopics(names));

    private TopicPlanner.Plan RefuseNameInUse(TopicPlanner.Plan plan) =>
        plan.Topic is { } topic && _deleted.Exists(deleted => deleted.Name == topic.Name)
            ? plan with { Topic = null, Error = ErrorCode.TopicAlreadyExists, Message = $"Topic '{topic.Name}' is being deleted; try again in a moment." }
            : plan;
}
