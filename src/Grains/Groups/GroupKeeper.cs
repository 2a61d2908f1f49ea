using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Groups;

/// <summary>
/// Looks after the groups of a silo: replays the partitions of <c>__consumer_offsets</c> that it leads when it starts, wakes
/// groups that had members before a restart so that their time-outs run, and now and then lets go of expired offsets. A topic
/// that comes later, or a partition that changes hands, is noticed when the catalog changes. When the silo stops, or loses a
/// partition, everybody who waits is told to look for the coordinator elsewhere.
/// </summary>
/// <remarks>
/// One timer, every <see cref="GroupOptions.OffsetsRetentionCheckIntervalMs"/>. Work runs on the thread pool, one round at a
/// time; a group that cannot be reached waits for the next round.
/// </remarks>
public sealed class GroupKeeper(
    IGroupTopic topic, GroupPartitions partitions, GroupDirectory directory, GroupServices services, IGrainFactory grains)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private int _isLooking;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(GroupKeeper), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    private Task StartAsync(CancellationToken cancellationToken)
    {
        topic.Changed += OnTopicChanged;
        partitions.Loaded += OnLoaded;
        partitions.Closed += OnClosed;
        partitions.TouchAll();
        var interval = TimeSpan.FromMilliseconds(services.Options.OffsetsRetentionCheckIntervalMs);
        _timer = services.Time.CreateTimer(keeper => _ = ((GroupKeeper)keeper!).LookAsync(), this, interval, interval);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_timer is not null)
            await _timer.DisposeAsync();
        topic.Changed -= OnTopicChanged;
        partitions.Loaded -= OnLoaded;
        partitions.Closed -= OnClosed;
        partitions.Stop(ErrorCode.NotCoordinator);
        await LetGoAsync([.. directory.Awake.Select(group => group.GroupId)]).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>One round: groups that should be awake, and offsets that are over.</summary>
    public async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
            return;
        try
        {
            foreach (var partition in partitions.TouchAll().Where(partition => partition.IsLoaded))
            {
                var utcMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
                await LookAfterAsync(partition.GroupsWithMembers().Where(groupId => !directory.IsAwake(groupId)));
                await LookAfterAsync(partition.GroupsToExpire(utcMs));
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    /// <summary>
    /// Lets every group forget what it committed for topics that are gone. A group that cannot be reached keeps it, and says so
    /// in the log; a partition that is not loaded yet is waited for.
    /// </summary>
    /// <param name="topics">Names of topics.</param>
    /// <param name="skipUnreadable">
    /// Partitions that cannot be replayed count as done: nobody can use their groups, and whoever mends such a partition decides
    /// about its offsets.
    /// </param>
    /// <returns>Whether all of them have forgotten it.</returns>
    public async Task<bool> ForgetTopicsAsync(string[] topics, bool skipUnreadable)
    {
        var names = topics.ToHashSet(StringComparer.Ordinal);
        var haveAll = true;
        foreach (var partition in partitions.TouchAll())
        {
            var loaded = await partition.LoadAsync();
            if (loaded == ErrorCode.None)
            {
                haveAll &= await ForgetTopicsAsync(partition, names, topics);
            }
            else
            {
                GroupLog.OffsetsUnreadable(services.Logger, partition.Index, loaded);
                haveAll &= skipUnreadable && loaded != ErrorCode.NotCoordinator;
            }
        }

        // A silo that stops lets go of its partitions, and then there seems to be nothing to do.
        return haveAll && !_stopping.IsCancellationRequested;
    }

    private async Task<bool> ForgetTopicsAsync(GroupPartition partition, HashSet<string> names, string[] topics)
    {
        var haveAll = true;
        // Awake groups too: a first commit may be on its way to the disk.
        var awake = directory.Awake.Select(group => group.GroupId)
            .Where(groupId => GroupPartitioner.PartitionOf(groupId, topic.PartitionCount) == partition.Index);
        foreach (var groupId in partition.GroupsWithOffsetsOf(names).Union(awake))
        {
            var error = await CallAsync(groupId, grain => grain.ForgetTopics(topics));
            if (error != ErrorCode.None)
            {
                haveAll = false;
                GroupLog.OffsetsKept(services.Logger, groupId, error);
            }
        }

        return haveAll;
    }

    private void OnTopicChanged() => _ = Task.Run(partitions.TouchAll);

    private void OnLoaded(GroupPartition partition) => _ = Task.Run(() => LookAfterAsync(partition.GroupsWithMembers()));

    private void OnClosed(GroupPartition partition)
    {
        var count = topic.PartitionCount;
        var gone = directory.Awake.Select(group => group.GroupId).Where(groupId => GroupPartitioner.PartitionOf(groupId, count) == partition.Index);
        _ = Task.Run(() => LetGoAsync([.. gone]));
    }

    private async Task LookAfterAsync(IEnumerable<string> groupIds)
    {
        foreach (var groupId in groupIds)
        {
            if (_stopping.IsCancellationRequested)
                return;
            var error = await CallAsync(groupId, grain => grain.LookAfter());
            if (error is not (ErrorCode.None or ErrorCode.NotCoordinator))
                GroupLog.WakeFailed(services.Logger, groupId, error);
        }
    }

    private async Task LetGoAsync(string[] groupIds) => await Task.WhenAll(groupIds.Select(groupId => CallAsync(groupId, async grain =>
    {
        await grain.LetGo();
        return (short)ErrorCode.None;
    })));

    private async Task<ErrorCode> CallAsync(string groupId, Func<IGroupGrain, Task<short>> call)
    {
        try
        {
            return (ErrorCode)await call(grains.GetGrain<IGroupGrain>(IGroupGrain.KeyOf(groupId, topic.NodeId)));
        }
        catch (Exception e) when (e is LimitExceededException or OrleansMessageRejectionException or TimeoutException)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }
        catch (Exception e)
        {
            GroupLog.CallFailed(services.Logger, e, groupId, ErrorCode.UnknownServerError);
            return ErrorCode.UnknownServerError;
        }
    }
}
