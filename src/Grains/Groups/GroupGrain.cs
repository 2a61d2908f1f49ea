using Actors.Placement;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Groups;

/// <summary>
/// Drives a <see cref="GroupMachine"/>: gives it the time, carries its writes to the log and its answers to the callers, and
/// keeps one timer for its next deadline, as long as it has one.
/// </summary>
/// <remarks>
/// Reentrant, because members wait for each other in it; the machine is only touched between awaits. It is loaded from the
/// partition's image on the first call, and again after its partition has changed hands.
/// </remarks>
[Reentrant, GrainType("group"), NodeInKeyPlacement]
public sealed class GroupGrain(
    GroupPartitions partitions, GroupDirectory directory, GroupServices services, IdSource ids) : Grain, IGroupGrain
{
    private readonly Dictionary<long, TaskCompletionSource<object>> _waiting = [];
    private string _groupId = "";
    private GroupMachine? _machine;
    private GroupPartition? _partition;
    private Task<ErrorCode>? _opening;
    private IGrainTimer? _timer;
    private long _armedForMs = GroupMachine.Never;
    private long _nextTicket;
    private long _rebalancesSeen;
    private int _membersSeen;
    private (GroupState State, int Generation, string Type, bool Exists)? _published;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        _groupId = key[..key.LastIndexOf('@')];
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Unload();
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<GroupJoinAnswer> Join(GroupJoin join)
    {
        var error = Check(await ReadyAsync());
        if (error != ErrorCode.None)
            return GroupRefusals.Join(join, error);
        return await AskAsync<GroupJoinAnswer>((machine, ticket, now) => machine.Join(ticket, join, ids.NextGuid(), now));
    }

    /// <inheritdoc/>
    public async Task<GroupSyncAnswer> Sync(GroupSync sync)
    {
        var error = Check(await ReadyAsync());
        if (error != ErrorCode.None)
            return GroupRefusals.Sync(error);
        return await AskAsync<GroupSyncAnswer>((machine, ticket, now) => machine.Sync(ticket, sync, now));
    }

    /// <inheritdoc/>
    public async Task<short> Heartbeat(GroupHeartbeat heartbeat)
    {
        var error = Check(await ReadyAsync());
        if (error != ErrorCode.None)
            return (short)error;
        error = _machine!.Heartbeat(heartbeat, GroupNow.Read(services.Time));
        Drive();
        return (short)error;
    }

    /// <inheritdoc/>
    public async Task<GroupLeaveAnswer> Leave(GroupLeave leave)
    {
        var error = Check(await ReadyAsync());
        if (error != ErrorCode.None)
            return GroupRefusals.Leave(error);
        var answer = _machine!.Leave(leave, GroupNow.Read(services.Time));
        Drive();
        return answer;
    }

    /// <inheritdoc/>
    public async Task<GroupCommitAnswer> Commit(GroupCommit commit)
    {
        var error = Check(await ReadyAsync());
        if (error != ErrorCode.None)
            return GroupRefusals.Commit(commit, error);
        var answer = await AskAsync<GroupCommitAnswer>((machine, ticket, now) => machine.Commit(ticket, commit, now));
        foreach (var code in answer.ErrorCodes.CountBy(code => code))
            services.Metrics.Committed((ErrorCode)code.Key, code.Value);
        return answer;
    }

    /// <inheritdoc/>
    public async Task<GroupFetchAnswer> Fetch(GroupFetch fetch)
    {
        var error = Check(await ReadyAsync());
        return error == ErrorCode.None ? _machine!.Fetch(fetch) : GroupRefusals.Fetch(error);
    }

    /// <inheritdoc/>
    public async Task<GroupDescription> Describe()
    {
        var error = Check(await ReadyAsync());
        return error == ErrorCode.None ? _machine!.Describe() : GroupRefusals.Description(_groupId, error);
    }

    /// <inheritdoc/>
    public async Task<short> Delete()
    {
        var error = Check(await ReadyAsync());
        return error == ErrorCode.None ? await AskAsync<short>((machine, ticket, now) => machine.Delete(ticket, now)) : (short)error;
    }

    /// <inheritdoc/>
    public async Task<short> LookAfter()
    {
        var error = Check(await ReadyAsync());
        return error == ErrorCode.None
            ? await AskAsync<short>((machine, ticket, now) => machine.ExpireOffsets(ticket, now))
            : (short)error;
    }

    /// <inheritdoc/>
    public async Task<short> ForgetTopics(string[] topics)
    {
        var error = Check(await ReadyAsync());
        var names = topics.ToHashSet(StringComparer.Ordinal);
        return error == ErrorCode.None
            ? await AskAsync<short>((machine, ticket, now) => machine.ForgetTopics(ticket, names, now))
            : (short)error;
    }

    /// <inheritdoc/>
    public Task LetGo()
    {
        Unload();
        return Task.CompletedTask;
    }

    /// <summary>None when there is a machine for the partition's present epoch.</summary>
    private Task<ErrorCode> ReadyAsync()
    {
        if (_machine is not null && _partition!.IsClosed)
            Unload();
        if (_machine is not null)
            return NoError;
        return _opening ??= OpenAsync();
    }

    /// <summary>Between the machine's coming and this caller's turn it may have gone again.</summary>
    private ErrorCode Check(ErrorCode error) => error == ErrorCode.None && _machine is null ? ErrorCode.NotCoordinator : error;

    private static readonly Task<ErrorCode> NoError = Task.FromResult(ErrorCode.None);

    private async Task<ErrorCode> OpenAsync()
    {
        try
        {
            // Whoever comes while this runs finds the task, also when nothing below has to wait.
            await Task.Yield();
            var error = partitions.Find(_groupId, out var partition);
            if (error != ErrorCode.None)
                return error;
            if (!partition!.IsLoaded)
                return ErrorCode.CoordinatorLoadInProgress;
            var image = await partition.SnapshotAsync(_groupId);
            _partition = partition;
            _machine = new GroupMachine(_groupId, services.Options, image, GroupNow.Read(services.Time));
            _rebalancesSeen = 0;
            Drive();
            return ErrorCode.None;
        }
        catch (GroupLogException e)
        {
            return e.Error;
        }
        finally
        {
            _opening = null;
        }
    }

    private async Task<T> AskAsync<T>(Action<GroupMachine, long, GroupNow> ask)
    {
        var ticket = _nextTicket++;
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(ticket, answer);
        ask(_machine!, ticket, GroupNow.Read(services.Time));
        Drive();
        return (T)await answer.Task;
    }

    /// <summary>Performs what the machine has decided.</summary>
    private void Drive()
    {
        foreach (var reply in _machine!.TakeReplies())
        {
            if (_waiting.Remove(reply.Ticket, out var waiting))
                waiting.SetResult(reply.Answer);
        }

        foreach (var write in _machine.TakeWrites())
            _ = WriteAsync(_machine, write, _partition!.AppendAsync(write.Records));
        Arm();
        Show();
    }

    private async Task WriteAsync(GroupMachine machine, GroupWrite write, Task<GroupAppendResult> append)
    {
        // Always a turn of its own: a refusal that is known at once must not overtake the writes beside it.
        var result = await append.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        if (machine != _machine)
            return;
        machine.WriteEnded(write.Id, result.Error, result.BaseOffset, GroupNow.Read(services.Time));
        Drive();
    }

    /// <summary>The timer is set earlier when it has to be; when it comes too early, it looks again.</summary>
    private void Arm()
    {
        var nextMs = _machine!.NextTickMs;
        if (nextMs == GroupMachine.Never)
        {
            _timer?.Dispose();
            _timer = null;
            _armedForMs = GroupMachine.Never;
            return;
        }

        if (_armedForMs <= nextMs)
            return;
        _armedForMs = nextMs;
        var due = TimeSpan.FromMilliseconds(Math.Clamp(nextMs - GroupNow.Read(services.Time).MonotonicMs, 0, int.MaxValue));
        DelayDeactivation(due + TimeSpan.FromMinutes(1));
        if (_timer is null)
        {
            _timer = this.RegisterGrainTimer(
                TickAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private Task TickAsync(CancellationToken token)
    {
        _armedForMs = GroupMachine.Never;
        if (_machine is null)
            return Task.CompletedTask;
        if (_partition!.IsClosed)
        {
            Unload();
            return Task.CompletedTask;
        }

        _machine.Tick(GroupNow.Read(services.Time));
        Drive();
        return Task.CompletedTask;
    }

    private void Show()
    {
        var machine = _machine!;
        services.Metrics.Rebalanced(machine.Rebalances - _rebalancesSeen);
        _rebalancesSeen = machine.Rebalances;
        services.Metrics.MembersChanged(machine.MemberCount - _membersSeen);
        _membersSeen = machine.MemberCount;
        var shown = (machine.State, machine.Generation, machine.ProtocolType, machine.Exists);
        if (shown == _published)
            return;
        _published = shown;
        directory.Publish(_groupId, machine.Overview());
        GroupLog.Moved(services.Logger, _groupId, machine.State, machine.Generation, machine.MemberCount);
    }

    private void Unload()
    {
        _timer?.Dispose();
        _timer = null;
        _armedForMs = GroupMachine.Never;
        if (_machine is null)
            return;
        _machine.Stop(ErrorCode.NotCoordinator);
        foreach (var reply in _machine.TakeReplies())
        {
            if (_waiting.Remove(reply.Ticket, out var waiting))
                waiting.SetResult(reply.Answer);
        }

        services.Metrics.MembersChanged(-_membersSeen);
        _membersSeen = 0;
        _published = null;
        directory.Publish(_groupId, null);
        _machine = null;
        _partition = null;
    }
}
