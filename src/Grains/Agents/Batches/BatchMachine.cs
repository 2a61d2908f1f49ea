namespace Actors.Grains.Agents;

/// <summary>
/// Rows on their way to the store, one place per key, written together. A row that fails is merged with what came since and tried
/// again, for as long as it takes; memory is bounded by dropping rows of new keys, which is counted. No clock, no I/O, no threads; one
/// caller at a time.
/// </summary>
/// <remarks>One statement is under way at a time, so the rows of a key reach the store in order.</remarks>
public sealed class BatchMachine<TKey, TRow>
    where TKey : notnull
    where TRow : class, IBatchRow<TKey, TRow>
{
    private readonly BatchOptions _options;
    private readonly Dictionary<TKey, TRow> _waiting = [];
    private readonly Queue<(TKey Key, long SinceMs)> _order = [];
    private readonly HashSet<TKey> _underWay = [];
    private TRow[] _writing = [];
    private int _failures;
    private long _notBeforeMs = long.MinValue;

    /// <summary>No rows yet.</summary>
    public BatchMachine(BatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Rows that wait; those under way are not among them.</summary>
    public int WaitingRows => _waiting.Count;

    /// <summary>Rows that wait or are under way.</summary>
    public int UnwrittenRows => _waiting.Count + _writing.Length;

    /// <summary>Places in the queue, those included whose row was taken back.</summary>
    internal int Places => _order.Count;

    /// <summary>Bytes that rows take, those under way included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Rows that there was no room for.</summary>
    public long Dropped { get; private set; }

    /// <summary>Whether everything is written.</summary>
    public bool IsEmpty => _waiting.Count == 0 && _writing.Length == 0;

    /// <summary>When <see cref="Take"/> has something, by the caller's clock; <see cref="long.MaxValue"/> while a batch is under way or nothing waits.</summary>
    public long NextTakeMs
    {
        get
        {
            if (_writing.Length > 0 || _waiting.Count == 0)
                return long.MaxValue;
            var dueMs = _waiting.Count >= _options.MaxRows ? long.MinValue : _order.Peek().SinceMs + _options.MaxAgeMs;
            return Math.Max(dueMs, _notBeforeMs);
        }
    }

    /// <summary>Whether a row of this key waits or is under way.</summary>
    public bool Contains(TKey key) => _waiting.ContainsKey(key) || _underWay.Contains(key);

    /// <summary>Takes a row in.</summary>
    /// <returns>False when there is no room; then it is dropped.</returns>
    public bool Put(TRow row, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (_waiting.TryGetValue(row.Key, out var before))
        {
            var merged = before.MergeWith(row);
            if (Bytes + merged.Bytes - before.Bytes > _options.MaxWaitingBytes && merged.Bytes > before.Bytes)
                return Drop();
            _waiting[row.Key] = merged;
            Bytes += merged.Bytes - before.Bytes;
            return true;
        }

        if (_waiting.Count + _writing.Length >= _options.MaxWaiting || Bytes + row.Bytes > _options.MaxWaitingBytes)
            return Drop();
        Add(row, nowMs);
        return true;
    }

    /// <summary>Takes back a row that waits, because something newer is written past the batches. One that is under way stays under way.</summary>
    public void Remove(TKey key)
    {
        if (!_waiting.Remove(key, out var row))
            return;
        Bytes -= row.Bytes;
        SkipRemoved();
    }

    /// <summary>Takes the next batch, oldest rows first; <see cref="Ended"/> follows. Null when none is due, or one is under way.</summary>
    /// <param name="nowMs">The caller's clock.</param>
    /// <param name="isFlush">At the end: rows do not wait for others, nor for a time to try again.</param>
    public IReadOnlyList<TRow>? Take(long nowMs, bool isFlush = false)
    {
        if (_writing.Length > 0 || _waiting.Count == 0 || (!isFlush && nowMs < NextTakeMs))
            return null;
        var rows = new List<TRow>(Math.Min(_waiting.Count, _options.MaxRows));
        while (rows.Count < _options.MaxRows && _order.TryDequeue(out var next))
        {
            if (_waiting.Remove(next.Key, out var row))
                rows.Add(row);
        }

        SkipRemoved();
        _writing = [.. rows];
        _underWay.UnionWith(rows.Select(static row => row.Key));
        return _writing;
    }

    /// <summary>The batch under way has ended.</summary>
    /// <param name="isWritten">False also when that is not known: writing a row twice does no harm.</param>
    /// <param name="nowMs">The caller's clock.</param>
    public void Ended(bool isWritten, long nowMs)
    {
        var rows = _writing;
        _writing = [];
        _underWay.Clear();
        Bytes -= rows.Sum(row => (long)row.Bytes);
        if (isWritten)
        {
            _failures = 0;
            _notBeforeMs = long.MinValue;
            return;
        }

        _notBeforeMs = nowMs + Math.Min(_options.MaxRetryMs, _options.RetryMs << Math.Min(_failures++, 16));
        foreach (var row in rows)
        {
            if (_waiting.TryGetValue(row.Key, out var since))
            {
                var merged = row.MergeWith(since);
                _waiting[row.Key] = merged;
                Bytes += merged.Bytes - since.Bytes;
            }
            else
            {
                Add(row, nowMs);
            }
        }
    }

    private void Add(TRow row, long nowMs)
    {
        _waiting.Add(row.Key, row);
        _order.Enqueue((row.Key, nowMs));
        Bytes += row.Bytes;
    }

    private bool Drop()
    {
        Dropped++;
        return false;
    }

    /// <summary>Keys that were taken back go from the front, and from everywhere when they are more than those that wait.</summary>
    private void SkipRemoved()
    {
        while (_order.TryPeek(out var next) && !_waiting.ContainsKey(next.Key))
            _order.Dequeue();
        if (_order.Count <= (2 * _waiting.Count) + _options.MaxRows)
            return;
        var seen = new HashSet<TKey>(_waiting.Count);
        var left = _order.Where(entry => _waiting.ContainsKey(entry.Key) && seen.Add(entry.Key)).ToArray();
        _order.Clear();
        foreach (var entry in left)
            _order.Enqueue(entry);
    }
}
