using System.Text;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Groups;

/// <summary>
/// What the Kafka gateway calls for groups: finds a group's grain, and turns everything that can go wrong on the way into the
/// error that Kafka's clients expect. Safe to use from any thread.
/// </summary>
/// <remarks>
/// <para>Errors of the way: INVALID_GROUP_ID; NOT_COORDINATOR when another node leads the group's partition of
/// <c>__consumer_offsets</c> or the silo that runs the grain went away; COORDINATOR_NOT_AVAILABLE when nobody leads it;
/// COORDINATOR_LOAD_IN_PROGRESS while it is being replayed (after a wait of <see cref="GroupOptions.LoadWaitMs"/>) or when a
/// mailbox is full. A Heartbeat during a replay succeeds and a SyncGroup hears REBALANCE_IN_PROGRESS, because old clients do
/// not expect the other error there; a JoinGroup or SyncGroup that waits for too long hears REBALANCE_IN_PROGRESS too, and
/// asks again. Anything unexpected is UNKNOWN_SERVER_ERROR and in the log, never success.</para>
/// <para>Kafka's error of a group that nobody knows is given without waking a grain. Whether topics exist, and who may do
/// what, is the gateway's question.</para>
/// </remarks>
public sealed class GroupCoordinator
{
    /// <summary>Longest group id, in UTF-8 bytes.</summary>
    public const int MaxGroupIdBytes = 1_024;

    private readonly IGroupTopic _topic;
    private readonly GroupPartitions _partitions;
    private readonly GroupDirectory _directory;
    private readonly GroupServices _services;
    private readonly IGrainFactory _grains;

    /// <summary>One per silo.</summary>
    public GroupCoordinator(
        IGroupTopic topic, GroupPartitions partitions, GroupDirectory directory, GroupServices services, IGrainFactory grains, IPartitionEnds ends)
    {
        _topic = topic;
        _partitions = partitions;
        _directory = directory;
        _services = services;
        _grains = grains;
        services.Metrics.Watch(() => _directory.List(_partitions.Open), () => GroupLags.Of(_partitions.Open, ends));
    }

    /// <summary>Where the coordinator of a group is; creates <c>__consumer_offsets</c> when it does not exist.</summary>
    public async Task<GroupLocation> FindAsync(string groupId, CancellationToken token)
    {
        if (!IsValid(groupId, mayBeEmpty: false))
            return new GroupLocation(ErrorCode.InvalidGroupId, -1);
        if (_topic.PartitionCount == 0)
        {
            var error = await _topic.EnsureCreatedAsync(token);
            if (error != ErrorCode.None)
                return new GroupLocation(error, -1);
        }

        var count = _topic.PartitionCount;
        var leader = count == 0 ? new GroupLeader(-1, -1) : _topic.LeaderOf(GroupPartitioner.PartitionOf(groupId, count));
        return leader.NodeId < 0
            ? new GroupLocation(ErrorCode.CoordinatorNotAvailable, -1)
            : new GroupLocation(ErrorCode.None, leader.NodeId);
    }

    /// <summary>JoinGroup; may wait as long as the group's rebalance time-out.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="join">What the member says.</param>
    /// <param name="hurry">The silo stops: the member is sent to look for its coordinator elsewhere.</param>
    public Task<GroupJoinAnswer> JoinAsync(string groupId, GroupJoin join, CancellationToken hurry = default) => CallAsync(
        groupId, mayBeEmpty: false, grain => grain.Join(join).WaitAsync(hurry), error => GroupRefusals.Join(join, error), onTimeout: ErrorCode.RebalanceInProgress);

    /// <summary>SyncGroup; may wait as long as the group's rebalance time-out.</summary>
    /// <inheritdoc cref="JoinAsync"/>
    public Task<GroupSyncAnswer> SyncAsync(string groupId, GroupSync sync, CancellationToken hurry = default) => CallAsync(
        groupId,
        mayBeEmpty: false,
        grain => grain.Sync(sync).WaitAsync(hurry),
        error => GroupRefusals.Sync(error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.RebalanceInProgress : error),
        unknown: () => GroupRefusals.Sync(ErrorCode.UnknownMemberId),
        onTimeout: ErrorCode.RebalanceInProgress);

    /// <summary>Heartbeat; a Kafka error code.</summary>
    public async Task<ErrorCode> HeartbeatAsync(string groupId, GroupHeartbeat heartbeat) => (ErrorCode)await CallAsync(
        groupId,
        mayBeEmpty: false,
        grain => grain.Heartbeat(heartbeat),
        error => (short)(error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error),
        unknown: () => (short)ErrorCode.UnknownMemberId);

    /// <summary>LeaveGroup.</summary>
    public Task<GroupLeaveAnswer> LeaveAsync(string groupId, GroupLeave leave) => CallAsync(
        groupId, mayBeEmpty: false, grain => grain.Leave(leave), GroupRefusals.Leave, unknown: () => GroupRefusals.LeaveUnknown(leave));

    /// <summary>OffsetCommit.</summary>
    public Task<GroupCommitAnswer> CommitAsync(string groupId, GroupCommit commit) => CallAsync(
        groupId, mayBeEmpty: true, grain => grain.Commit(commit), error => GroupRefusals.Commit(commit, error));

    /// <summary>OffsetFetch.</summary>
    public Task<GroupFetchAnswer> FetchAsync(string groupId, GroupFetch fetch) => CallAsync(
        groupId, mayBeEmpty: true, grain => grain.Fetch(fetch), GroupRefusals.Fetch, unknown: () => GroupRefusals.FetchUnknown(fetch));

    /// <summary>DescribeGroups, for one group.</summary>
    public Task<GroupDescription> DescribeAsync(string groupId) => CallAsync(
        groupId,
        mayBeEmpty: true,
        grain => grain.Describe(),
        error => GroupRefusals.Description(groupId, error),
        unknown: () => GroupRefusals.DescriptionUnknown(groupId));

    /// <summary>DeleteGroups, for one group; a Kafka error code.</summary>
    public async Task<ErrorCode> DeleteAsync(string groupId) => (ErrorCode)await CallAsync(
        groupId, mayBeEmpty: true, grain => grain.Delete(), error => (short)error, unknown: () => (short)ErrorCode.GroupIdNotFound);

    /// <summary>ListGroups: the groups that this node coordinates.</summary>
    /// <param name="states">Kafka's names, in any case; null or empty: all.</param>
    /// <param name="types">Kafka's names, in any case; null or empty: all. There is only <see cref="GroupListing.ClassicType"/>.</param>
    public GroupListing List(IReadOnlyCollection<string>? states, IReadOnlyCollection<string>? types)
    {
        var partitions = _partitions.TouchAll();
        var error = Array.TrueForAll(partitions, partition => partition.IsLoaded) ? ErrorCode.None : ErrorCode.CoordinatorLoadInProgress;
        if (types is { Count: > 0 } && !types.Contains(GroupListing.ClassicType, StringComparer.OrdinalIgnoreCase))
            return new GroupListing(error, []);
        var groups = _directory.List(partitions);
        if (states is { Count: > 0 })
        {
            var wanted = states.ToHashSet(StringComparer.OrdinalIgnoreCase);
            groups = groups.Where(group => wanted.Contains(group.State));
        }

        return new GroupListing(error, [.. groups]);
    }

    private static bool IsValid(string? groupId, bool mayBeEmpty) =>
        groupId is not null && (mayBeEmpty || groupId.Length > 0) && Encoding.UTF8.GetByteCount(groupId) <= MaxGroupIdBytes;

    private async Task<T> CallAsync<T>(
        string groupId,
        bool mayBeEmpty,
        Func<IGroupGrain, Task<T>> call,
        Func<ErrorCode, T> refuse,
        Func<T>? unknown = null,
        ErrorCode onTimeout = ErrorCode.CoordinatorNotAvailable)
    {
        if (!IsValid(groupId, mayBeEmpty))
            return refuse(ErrorCode.InvalidGroupId);
        try
        {
            var error = _partitions.Find(groupId, out var partition);
            if (error == ErrorCode.None && !partition!.IsLoaded)
                error = await LoadedAsync(partition);
            if (error != ErrorCode.None)
                return refuse(error);
            if (unknown is not null && !_directory.IsAwake(groupId) && !partition!.Knows(groupId))
                return unknown();
            return await call(_grains.GetGrain<IGroupGrain>(IGroupGrain.KeyOf(groupId, _topic.NodeId)));
        }
        catch (LimitExceededException)
        {
            return refuse(ErrorCode.CoordinatorLoadInProgress);
        }
        catch (Exception e) when (e is OrleansMessageRejectionException or OperationCanceledException)
        {
            return refuse(ErrorCode.NotCoordinator);
        }
        catch (TimeoutException)
        {
            return refuse(onTimeout);
        }
        catch (Exception e)
        {
            GroupLog.CallFailed(_services.Logger, e, groupId, ErrorCode.UnknownServerError);
            return refuse(ErrorCode.UnknownServerError);
        }
    }

    private async Task<ErrorCode> LoadedAsync(GroupPartition partition)
    {
        var loading = partition.LoadAsync();
        if (!loading.IsCompleted && _services.Options.LoadWaitMs == 0)
            return ErrorCode.CoordinatorLoadInProgress;
        try
        {
            return await loading.WaitAsync(TimeSpan.FromMilliseconds(_services.Options.LoadWaitMs), _services.Time);
        }
        catch (TimeoutException)
        {
            return ErrorCode.CoordinatorLoadInProgress;
        }
    }
}
