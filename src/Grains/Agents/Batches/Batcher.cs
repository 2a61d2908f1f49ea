using Actors.Grains.Topics;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>
/// Performs what a <see cref="BatchMachine{TKey, TRow}"/> decides: one statement at a time, and a timer only while rows wait for theirs.
/// Who puts a row in never waits and is never told of the store's troubles. Safe to use from any thread.
/// </summary>
/// <remarks>
/// A statement that fails is tried again for as long as it takes. When the store refuses the rows themselves, it is tried with half of
/// them, and so on: a row that the store never takes is dropped, counted, and harms no other. What the write throws beside
/// <see cref="AgentStoreException"/> counts as a failure too.
/// </remarks>
internal sealed partial class Batcher<TKey, TRow> : IAsyncDisposable
    where TKey : notnull
    where TRow : class, IBatchRow<TKey, TRow>
{
    private readonly string _name;
    private readonly Func<IReadOnlyList<TRow>, CancellationToken, Task> _write;
    private readonly BatchMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _givingUp = new();
    private readonly Lock _gate = new();
    private readonly BatchMachine<TKey, TRow> _machine;
    private readonly int _maxRows;
    private readonly long _startedAt;
    private TaskCompletionSource? _emptied;
    private Task _draining = Task.CompletedTask;
    private bool _isWriting;
    private bool _hasFailed;
    private bool _isClosed;
    private bool _isDisposed;
    private long _armedMs = long.MaxValue;

    /// <param name="name">For metrics and people: "heartbeats".</param>
    /// <param name="options">When rows are written together.</param>
    /// <param name="write">Writes rows, each key once; called by one at a time. Writing them twice does no harm.</param>
    /// <param name="metrics">Told what becomes of rows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told when the store fails, and when it is well again.</param>
    public Batcher(
        string name, BatchOptions options, Func<IReadOnlyList<TRow>, CancellationToken, Task> write, BatchMetrics metrics, TimeProvider time, ILogger log)
    {
        (_name, _write, _metrics, _time, _log) = (name, write, metrics, time, log);
        _machine = new(options);
        _maxRows = options.MaxRows;
        _startedAt = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Batcher<TKey, TRow>)state!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Watch(name, () => WaitingRows);
    }

    /// <summary>Rows that are not written yet, without those under way.</summary>
    public int WaitingRows
    {
        get
        {
            lock (_gate)
                return _machine.WaitingRows;
        }
    }

    /// <summary>Whether a statement is under way.</summary>
    public bool IsWriting
    {
        get
        {
            lock (_gate)
                return _isWriting;
        }
    }

    private long NowMs => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>Takes a row. What there is no room for is dropped and counted, and so is what comes after the end.</summary>
    public void Put(TRow row)
    {
        lock (_gate)
        {
            if (_isClosed || !_machine.Put(row, NowMs))
                _metrics.Dropped(_name, 1);
            Proceed();
        }
    }

    /// <summary>Takes a row if one of its key is not written yet.</summary>
    /// <returns>False when there is none; the row is not taken then.</returns>
    public bool TryMerge(TRow row)
    {
        lock (_gate)
        {
            if (_isClosed || !_machine.Contains(row.Key))
                return false;
            if (!_machine.Put(row, NowMs))
                _metrics.Dropped(_name, 1);
            return true;
        }
    }

    /// <summary>Takes back a row that waits, because something newer makes it useless.</summary>
    public void Remove(TKey key)
    {
        lock (_gate)
            _machine.Remove(key);
    }

    /// <summary>Takes nothing more, and writes what waits at once.</summary>
    /// <param name="giveUp">Ends the waiting; what is not written by then is dropped, counted and told of.</param>
    public async Task StopAsync(CancellationToken giveUp)
    {
        Task emptied;
        lock (_gate)
        {
            _isClosed = true;
            _emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            emptied = _emptied.Task;
            if (_machine.IsEmpty)
                _emptied.TrySetResult();
            Proceed();
        }

        try
        {
            await emptied.WaitAsync(giveUp);
        }
        catch (OperationCanceledException)
        {
            await _givingUp.CancelAsync();
            int lost;
            lock (_gate)
                lost = _machine.UnwrittenRows;
            _metrics.Dropped(_name, lost);
            LogLost(_log, _name, lost);
        }
    }

    /// <summary>Ends it without writing anything more.</summary>
    /// <remarks>May be called several times: a container disposes of what it gives under several names under each of them.</remarks>
    public async ValueTask DisposeAsync()
    {
        Task draining;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            (_isClosed, _isDisposed) = (true, true);
            draining = _draining;
        }

        await _timer.DisposeAsync();
        await _givingUp.CancelAsync();
        await draining;
        _givingUp.Dispose();
    }

    private void Due()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _armedMs = long.MaxValue;
            Proceed();
        }
    }

    /// <summary>Begins to write when a batch is due, or sets the timer for when one is. Under the lock.</summary>
    private void Proceed()
    {
        if (_isWriting || _givingUp.IsCancellationRequested)
            return;
        if (Take() is { } batch)
        {
            _isWriting = true;
            // The statements belong to nobody: not to the turn, nor to the trace, of who put the row in.
            using (ExecutionContext.SuppressFlow())
                _draining = Task.Run(() => DrainAsync(batch));
            return;
        }

        var dueMs = _machine.NextTakeMs;
        if (dueMs >= _armedMs)
            return;
        _armedMs = dueMs;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, dueMs - NowMs)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>The next batch; at the end at once, unless the store has just failed.</summary>
    private Batch? Take()
    {
        var reason = _hasFailed ? BatchReason.Retry
            : _isClosed ? BatchReason.Shutdown
            : _machine.WaitingRows >= _maxRows ? BatchReason.Capacity
            : BatchReason.Scheduled;
        return _machine.Take(NowMs, isFlush: reason == BatchReason.Shutdown) is { } rows ? new(rows, reason) : null;
    }

    private async Task DrainAsync(Batch? batch)
    {
        while (batch is not null)
        {
            var isWritten = await WriteAsync(batch);
            lock (_gate)
            {
                _machine.Ended(isWritten, NowMs);
                _hasFailed = !isWritten;
                batch = _givingUp.IsCancellationRequested ? null : Take();
                if (batch is not null)
                    continue;
                _isWriting = false;
                Proceed();
                if (_machine.IsEmpty)
                    _emptied?.TrySetResult();
            }
        }
    }

    private async Task<bool> WriteAsync(Batch batch)
    {
        var startedAt = _time.GetTimestamp();
        try
        {
            await WriteAsync(batch.Rows);
            if (_hasFailed)
                LogWell(_log, _name);
            return true;
        }
        catch (OperationCanceledException) when (_givingUp.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failure)
        {
            if (!_hasFailed)
                LogFailed(_log, failure, _name, batch.Rows.Count);
            return false;
        }
        finally
        {
            _metrics.Flushed(_name, batch.Reason, batch.Rows.Count, _time.GetElapsedTime(startedAt));
        }
    }

    private async Task WriteAsync(IReadOnlyList<TRow> rows)
    {
        try
        {
            await _write(rows, _givingUp.Token);
        }
        catch (AgentStoreException refusal) when (refusal is { IsRefusal: true, Outcome: StoreOutcome.NotApplied })
        {
            if (rows.Count == 1)
            {
                _metrics.Dropped(_name, 1);
                LogRefused(_log, refusal, _name, rows[0].Key);
                return;
            }

            var half = rows.Count / 2;
            await WriteAsync([.. rows.Take(half)]);
            await WriteAsync([.. rows.Skip(half)]);
        }
    }

    [LoggerMessage(2420, LogLevel.Warning, "The store does not take {Batcher}: {Rows} rows wait, and are tried again until it does.")]
    private static partial void LogFailed(ILogger log, Exception failure, string batcher, int rows);

    [LoggerMessage(2421, LogLevel.Information, "The store takes {Batcher} again.")]
    private static partial void LogWell(ILogger log, string batcher);

    [LoggerMessage(2422, LogLevel.Error, "The store never takes the row {Key} of {Batcher}; it is dropped.")]
    private static partial void LogRefused(ILogger log, Exception refusal, string batcher, TKey key);

    [LoggerMessage(2423, LogLevel.Error, "The silo ends before the store took {Rows} rows of {Batcher}; they are lost.")]
    private static partial void LogLost(ILogger log, string batcher, int rows);

    private sealed record Batch(IReadOnlyList<TRow> Rows, BatchReason Reason);
}
