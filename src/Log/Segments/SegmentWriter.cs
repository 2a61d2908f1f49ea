namespace Actors.Log;

/// <summary>Writes what the write-ahead log has synced into segments, behind it and in large runs.</summary>
/// <remarks>
/// <para>One thread. It sleeps until enough bytes have come together, or somebody needs them written now: a truncation, a deletion, a
/// checkpoint, memory that runs short. It sees whole flushes, in the order of the write-ahead log.</para>
/// <para>A full disk holds it where it is; the space guard wakes it. Any other failure of a write is final.</para>
/// </remarks>
internal sealed class SegmentWriter
{
    private readonly LogOptions _options;
    private readonly LogApplier _applier;
    private readonly FlushPool _flushes;
    private readonly StoreHealth _health;
    private readonly WorkSignal _signal;
    private readonly Lock _lock = new();
    private readonly Queue<Flush> _queue = new();
    private readonly Queue<Action<LogApplier>> _errands = new();
    private readonly List<Flush> _window = [];
    private SpaceGuard? _space;
    private Action<LogApplier, long>? _snapshot;
    private Action? _onWindow;
    private long _snapshotLsn;
    private long _queuedBytes;
    private long _urgentLsn;
    private long _appliedLsn;
    private int _at;
    private int _offset;
    private bool _isStuck;

    public SegmentWriter(LogOptions options, LogApplier applier, FlushPool flushes, StoreHealth health, WorkSignal signal)
    {
        _options = options;
        _applier = applier;
        _flushes = flushes;
        _health = health;
        _signal = signal;
    }

    /// <summary>Everything below is in segments, though perhaps not synced there.</summary>
    public long AppliedLsn => Volatile.Read(ref _appliedLsn);

    public void Start(long appliedLsn, SpaceGuard space, Action onWindow)
    {
        _appliedLsn = appliedLsn;
        _space = space;
        _onWindow = onWindow;
    }

    /// <summary>Takes over a flush that has been synced.</summary>
    public void Post(Flush flush)
    {
        bool isDue;
        lock (_lock)
        {
            _queue.Enqueue(flush);
            _queuedBytes += flush.PaddedLength;
            isDue = _queuedBytes >= _options.WriteBehindBytes || flush.StartLsn < _urgentLsn;
        }

        if (isDue)
            _signal.Set();
    }

    /// <summary>Everything below <paramref name="lsn"/> is to be written as soon as it is synced.</summary>
    public void Hurry(long lsn)
    {
        lock (_lock)
            _urgentLsn = Math.Max(_urgentLsn, lsn);
        _signal.Set();
    }

    /// <summary>Has something done between two windows, on the writer's thread.</summary>
    public void Post(Action<LogApplier> errand)
    {
        lock (_lock)
            _errands.Enqueue(errand);
        _signal.Set();
    }

    /// <summary>Has a checkpoint's contents taken, as soon as everything below <paramref name="lsn"/> has been applied.</summary>
    public void RequestSnapshot(long lsn, Action<LogApplier, long> take)
    {
        lock (_lock)
        {
            _snapshotLsn = lsn;
            _snapshot = take;
        }

        Hurry(lsn);
    }

    /// <summary>Wakes the writer, to try again what found no space.</summary>
    public void Wake() => _signal.Set();

    /// <summary>One window of flushes, or what waits between two.</summary>
    /// <param name="everything">Take a window even if little has come together.</param>
    /// <returns>Whether something was done.</returns>
    public bool Step(bool everything = false)
    {
        if (_health.Failure is not null)
            return false;
        try
        {
            bool worked = DoErrands() | TakeSnapshot();
            if (_window.Count > 0 || TakeWindow(everything))
            {
                ApplyWindow();
                worked = true;
            }

            if (_isStuck)
            {
                _isStuck = false;
                _space!.Unstuck(this);
            }

            return worked;
        }
        catch (IOException e) when (Shortage.IsOne(e))
        {
            _isStuck = true;
            _space!.Stuck(this, e);
            return false;
        }
        catch (Exception e)
        {
            _health.Fail(new LogFailure("write", (e as FileNotFoundException)?.FileName ?? _applier.LogsDirectory, e));
            return false;
        }
    }

    private bool TakeWindow(bool everything)
    {
        lock (_lock)
        {
            bool isDue = everything || _queuedBytes >= _options.WriteBehindBytes || (_queue.TryPeek(out Flush? first) && first.StartLsn < _urgentLsn);
            if (!isDue)
                return false;
            long bytes = 0;
            while (bytes < 2 * _options.WriteBehindBytes && _queue.TryDequeue(out Flush? flush))
            {
                _window.Add(flush);
                bytes += flush.PaddedLength;
            }

            _queuedBytes -= bytes;
            _at = _offset = 0;
            return _window.Count > 0;
        }
    }

    private void ApplyWindow()
    {
        for (; _at < _window.Count; _at++, _offset = 0)
        {
            Flush flush = _window[_at];
            while (_offset < flush.Length)
            {
                int start = flush.Start + _offset;
                WalRecord record = WalRecord.ReadTrusted(flush.Slab.Bytes.AsSpan(start));
                _applier.Apply(record, flush.Slab.Bytes, start + WalRecord.HeaderBytes);
                _offset += record.Length;
            }
        }

        _applier.FinishRuns();
        Volatile.Write(ref _appliedLsn, _window[^1].EndLsn);
        foreach (Flush flush in _window)
            _flushes.Release(flush);
        _window.Clear();
        _onWindow!();
    }

    private bool DoErrands()
    {
        bool worked = false;
        while (true)
        {
            Action<LogApplier>? errand;
            lock (_lock)
            {
                if (!_errands.TryPeek(out errand))
                    return worked;
            }

            errand(_applier);
            worked = true;
            lock (_lock)
                _errands.Dequeue();
        }
    }

    private bool TakeSnapshot()
    {
        Action<LogApplier, long>? take;
        lock (_lock)
        {
            if (_window.Count > 0 || _appliedLsn < _snapshotLsn)
                return false;
            take = _snapshot;
            _snapshot = null;
        }

        take?.Invoke(_applier, _appliedLsn);
        return take is not null;
    }
}
