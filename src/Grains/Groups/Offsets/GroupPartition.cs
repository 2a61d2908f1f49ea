using Actors.Grains.Topics;
using Actors.Kafka;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Groups;

/// <summary>
/// What one partition of <c>__consumer_offsets</c> says of its groups, under one leader epoch: replayed once, then kept up
/// with every append. Groups that nobody calls live here and nowhere else.
/// </summary>
/// <remarks>
/// <para>Any thread may call; the monitor is never held across an await. One append is under way at a time: when the log is
/// idle a write goes at once, and what comes meanwhile shares the next batch. There is no timer on this path except the
/// deadline of the append under way.</para>
/// <para>Between calls: the images are what a replay of the log up to the last answer would give. When the log does not
/// answer in time, everything that waits is answered with REQUEST_TIMED_OUT, new writes are refused until it does, and what
/// it stored after all is taken into the images.</para>
/// </remarks>
public sealed partial class GroupPartition : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GroupImage> _groups = new(StringComparer.Ordinal);
    private readonly GroupOptions _options;
    private readonly TimeProvider _time;
    private readonly GroupMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Func<CancellationToken, Task<IGroupLog>> _open;
    private readonly Action<GroupPartition>? _loaded;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closingToken;
    private IGroupLog? _log;
    private Task<ErrorCode>? _loading;
    private ErrorCode _closed;

    /// <summary>A partition that has not been read yet.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="leaderEpoch">The epoch under which this node leads it.</param>
    /// <param name="open">Opens the log; may throw <see cref="GroupLogException"/>.</param>
    /// <param name="loaded">Called once when the log has been replayed, before anybody is told; must not block or throw.</param>
    /// <param name="services">What the coordinators of a silo share.</param>
    public GroupPartition(
        int index, int leaderEpoch, Func<CancellationToken, Task<IGroupLog>> open, Action<GroupPartition>? loaded, GroupServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Index = index;
        LeaderEpoch = leaderEpoch;
        _open = open;
        _loaded = loaded;
        _options = services.Options;
        _time = services.Time;
        _metrics = services.Metrics;
        _logger = services.Logger;
        _closingToken = _closing.Token;
    }

    /// <summary>The partition's index.</summary>
    public int Index { get; }

    /// <summary>The epoch under which this node leads it.</summary>
    public int LeaderEpoch { get; }

    /// <summary>True once the log has been replayed and until the partition is closed.</summary>
    public bool IsLoaded
    {
        get
        {
            lock (_gate)
                return _closed == ErrorCode.None && _log is not null;
        }
    }

    /// <summary>True when another epoch has begun; a new object takes over.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed != ErrorCode.None;
        }
    }

    /// <summary>
    /// Replays the log, once, however many ask. After a failure the next one who asks tries again.
    /// </summary>
    /// <returns>None when it is loaded, otherwise what a client is told.</returns>
    public Task<ErrorCode> LoadAsync()
    {
        TaskCompletionSource<ErrorCode> loaded;
        lock (_gate)
        {
            if (_closed != ErrorCode.None)
                return Task.FromResult(_closed);
            if (_loading is not null)
                return _loading;
            loaded = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            _loading = loaded.Task;
        }

        _ = Task.Run(() => LoadAsync(loaded), CancellationToken.None);
        return loaded.Task;
    }

    /// <summary>The epoch is over: writes are refused and the images are forgotten.</summary>
    public void Close(ErrorCode error)
    {
        List<QueuedWrite> waiting;
        lock (_gate)
        {
            if (_closed != ErrorCode.None)
                return;
            _closed = error;
            waiting = TakeQueue();
            _groups.Clear();
        }

        _closing.Cancel();
        _closing.Dispose();
        foreach (var write in waiting)
            write.End(GroupAppendResult.Failed(error));
    }

    /// <summary>Closes the partition for whoever is left.</summary>
    public void Dispose() => Close(ErrorCode.NotCoordinator);

    /// <summary>
    /// A group as the log has it, once every write that was asked for before is over. Null: nobody knows the group.
    /// </summary>
    /// <exception cref="GroupLogException">The partition is not loaded.</exception>
    public async Task<GroupImage?> SnapshotAsync(string groupId)
    {
        var barrier = await Enqueue(new QueuedWrite([], []));
        lock (_gate)
        {
            if (barrier.Error != ErrorCode.None || _log is null)
                throw new GroupLogException(Index, NotNone(barrier.Error), $"Partition {Index} of {TopicNames.ConsumerOffsets} is not loaded.");
            return _groups.GetValueOrDefault(groupId)?.Snapshot();
        }
    }

    /// <summary>Every group of which the log knows something, as it would be after a restart.</summary>
    public GroupOverview[] Overviews()
    {
        lock (_gate)
        {
            return
            [
                .. _groups.Select(group => new GroupOverview
                {
                    GroupId = group.Key,
                    ProtocolType = group.Value.Metadata?.ProtocolType ?? "",
                    State = (group.Value.HasMembers ? GroupState.Stable : GroupState.Empty).ToString(),
                }),
            ];
        }
    }

    /// <summary>Whether the log knows anything of this group.</summary>
    public bool Knows(string groupId)
    {
        lock (_gate)
            return _groups.ContainsKey(groupId);
    }

    /// <summary>Groups with members: somebody has to watch their time-outs.</summary>
    public string[] GroupsWithMembers()
    {
        lock (_gate)
            return [.. _groups.Where(group => group.Value.HasMembers).Select(group => group.Key)];
    }

    /// <summary>Groups without members that have something to forget at <paramref name="utcMs"/>.</summary>
    public string[] GroupsToExpire(long utcMs)
    {
        lock (_gate)
            return [.. _groups.Where(group => group.Value.HasExpired(utcMs, _options.OffsetsRetentionMs)).Select(group => group.Key)];
    }

    /// <summary>Groups that have committed something for one of these topics.</summary>
    public string[] GroupsWithOffsetsOf(IReadOnlySet<string> topics)
    {
        lock (_gate)
            return [.. _groups.Where(group => group.Value.Offsets.Keys.Any(partition => topics.Contains(partition.Topic))).Select(group => group.Key)];
    }

    /// <summary>All committed offsets, for the lag; a copy.</summary>
    public (string GroupId, GroupTopicPartition Partition, long Offset)[] CommittedOffsets()
    {
        lock (_gate)
        {
            return
            [
                .. _groups.SelectMany(group => group.Value.Offsets.Select(offset => (group.Key, offset.Key, offset.Value.Offset))),
            ];
        }
    }

    private async Task LoadAsync(TaskCompletionSource<ErrorCode> loaded)
    {
        var began = _time.GetTimestamp();
        var replay = new Replay();
        var error = ErrorCode.None;
        IGroupLog? log = null;
        try
        {
            log = await _open(_closingToken).ConfigureAwait(false);
            await log.ReadAllAsync(replay.Visit, _closingToken).ConfigureAwait(false);
        }
        catch (GroupLogException e)
        {
            error = NotNone(e.Error);
            GroupLog.LoadFailed(_logger, e, Index, e.Error);
        }
        catch (OperationCanceledException) when (_closingToken.IsCancellationRequested)
        {
            error = ErrorCode.NotCoordinator;
        }
        catch (Exception e)
        {
            error = ErrorCode.CoordinatorNotAvailable;
            GroupLog.LoadFailed(_logger, e, Index, error);
        }

        lock (_gate)
        {
            if (_closed != ErrorCode.None)
                error = _closed;
            else if (error != ErrorCode.None)
                _loading = null;
            else
                TakeOver(log!, replay);
        }

        if (error == ErrorCode.None)
        {
            var took = _time.GetElapsedTime(began);
            _metrics.Loaded(took);
            GroupLog.Loaded(_logger, Index, replay.Groups.Count, replay.Records, took.TotalMilliseconds);
            if (replay.Malformed > 0)
                GroupLog.MalformedRecords(_logger, Index, replay.Malformed, replay.FirstMalformedOffset);
            _loaded?.Invoke(this);
        }

        loaded.SetResult(error);
    }

    private void TakeOver(IGroupLog log, Replay replay)
    {
        _log = log;
        foreach (var (groupId, image) in replay.Groups)
            _groups.Add(groupId, image);
    }

    private void Apply(GroupRecord record, long logOffset) => Apply(_groups, record, logOffset);

    private static void Apply(Dictionary<string, GroupImage> groups, GroupRecord record, long logOffset)
    {
        if (!groups.TryGetValue(record.GroupId, out var image))
            groups.Add(record.GroupId, image = new GroupImage());
        image.Apply(record, logOffset);
        if (image.IsEmpty)
            groups.Remove(record.GroupId);
    }

    private static ErrorCode NotNone(ErrorCode error) => error == ErrorCode.None ? ErrorCode.NotCoordinator : error;

    /// <summary>The images that a replay builds.</summary>
    private sealed class Replay
    {
        public Dictionary<string, GroupImage> Groups { get; } = new(StringComparer.Ordinal);

        public long Records { get; private set; }

        public long Malformed { get; private set; }

        public long FirstMalformedOffset { get; private set; }

        public void Visit(GroupLogEntry entry, long logOffset)
        {
            Records++;
            switch (GroupRecordCodec.TryDecode(entry, out var record))
            {
                case GroupRecordKind.Known:
                    Apply(Groups, record!, logOffset);
                    break;
                case GroupRecordKind.Malformed:
                    if (Malformed++ == 0)
                        FirstMalformedOffset = logOffset;
                    break;
            }
        }
    }
}
