using Actors.Grains.Groups;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary>
/// A log in memory that survives the objects that use it. Appends end at once, or when the test says so and how.
/// </summary>
internal sealed class MemoryGroupLog : IGroupLog
{
    private readonly Lock _gate = new();
    private readonly List<(GroupLogEntry Entry, long BaseOffset)> _stored = [];
    private readonly Queue<(IReadOnlyList<GroupLogEntry> Entries, TaskCompletionSource<GroupAppendResult> End)> _underWay = new();
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _endOffset;

    public bool EndsAtOnce { get; set; } = true;

    /// <summary>Thrown by the next readings, while it is set.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Readings wait for it, when it is set.</summary>
    public Task? ReadGate { get; set; }

    public int Reads { get; private set; }

    public int Appends { get; private set; }

    public int UnderWay
    {
        get
        {
            lock (_gate)
                return _underWay.Count;
        }
    }

    public IReadOnlyList<(GroupLogEntry Entry, long BaseOffset)> Stored
    {
        get
        {
            lock (_gate)
                return [.. _stored];
        }
    }

    public Task<GroupAppendResult> AppendAsync(IReadOnlyList<GroupLogEntry> entries)
    {
        var end = new TaskCompletionSource<GroupAppendResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource arrived;
        lock (_gate)
        {
            Appends++;
            if (EndsAtOnce)
                return Task.FromResult(new GroupAppendResult(ErrorCode.None, Store(entries)));
            _underWay.Enqueue((entries, end));
            arrived = _arrived;
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        arrived.SetResult();
        return end.Task;
    }

    public async Task ReadAllAsync(Action<GroupLogEntry, long> visit, CancellationToken token)
    {
        Reads++;
        if (ReadGate is { } gate)
            await gate.WaitAsync(token);
        if (ReadFailure is not null)
            throw ReadFailure;
        foreach (var (entry, baseOffset) in Stored)
            visit(entry, baseOffset);
    }

    /// <summary>Ends the oldest append, waiting for one to come.</summary>
    public async Task EndAsync(ErrorCode error = ErrorCode.None, bool butStored = false)
    {
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                if (_underWay.TryDequeue(out var append))
                {
                    var baseOffset = error == ErrorCode.None || butStored ? Store(append.Entries) : -1;
                    append.End.SetResult(error == ErrorCode.None ? new GroupAppendResult(error, baseOffset) : GroupAppendResult.Failed(error));
                    return;
                }

                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(Guard);
        }
    }

    /// <summary>The oldest append throws, waiting for one to come.</summary>
    public async Task ThrowAsync(Exception failure)
    {
        await ArrivalAsync();
        lock (_gate)
            _underWay.Dequeue().End.SetException(failure);
    }

    /// <summary>Returns once an append is under way.</summary>
    public async Task ArrivalAsync()
    {
        Task arrived;
        lock (_gate)
        {
            if (_underWay.Count > 0)
                return;
            arrived = _arrived.Task;
        }

        await arrived.WaitAsync(Guard);
    }

    /// <summary>The process dies: what is under way is stored up to <paramref name="stored"/> batches, and forgotten beyond.</summary>
    public void Crash(int stored)
    {
        lock (_gate)
        {
            for (; stored > 0 && _underWay.TryDequeue(out var append); stored--)
                Store(append.Entries);
            _underWay.Clear();
        }
    }

    /// <summary>Puts a record there that nobody of ours wrote.</summary>
    public void Put(GroupLogEntry entry)
    {
        lock (_gate)
            Store([entry]);
    }

    /// <summary>The real time that a test waits for an event that must come.</summary>
    public static TimeSpan Guard => TimeSpan.FromSeconds(30);

    private long Store(IReadOnlyList<GroupLogEntry> entries)
    {
        var baseOffset = _endOffset;
        foreach (var entry in entries)
            _stored.Add((entry, baseOffset));
        _endOffset += entries.Count;
        return baseOffset;
    }
}
