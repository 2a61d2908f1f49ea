namespace Actors.Log;

/// <summary>One log in the hands of its one owner. Disposing it gives it back to the store; nothing is lost by that.</summary>
/// <remarks>
/// The owner serialises <see cref="Append"/>, <see cref="StartEpoch"/>, <see cref="SeeEpochAsync"/>, <see cref="TruncateAsync"/>,
/// <see cref="ResetAsync"/>, <see cref="SetStartOffsetAsync"/>, <see cref="Configure"/> and all use of <see cref="Producers"/>.
/// Properties, <see cref="Read"/> and look-ups may be called from any thread at any time.
/// </remarks>
public sealed partial class PartitionLog : IDisposable
{
    private readonly LogStore _store;
    private readonly StoredLog _log;
    private LogConfig _config;
    private volatile bool _isDisposed;

    internal PartitionLog(LogStore store, StoredLog log, LogConfig config, ILogObserver observer)
    {
        _store = store;
        _log = log;
        _config = Checked(config);
        Observer = observer;
    }

    public LogDescription Description => _log.Description;

    /// <summary>First offset that may be read.</summary>
    public long StartOffset => _log.StartOffset;

    /// <summary>Offset that the next record gets.</summary>
    public long EndOffset => _log.EndOffset;

    /// <summary>Everything below is synced.</summary>
    public long DurableEndOffset => _log.DurableEndOffset;

    /// <summary>Bytes of all segments and of what is on its way to them.</summary>
    public long SizeBytes
    {
        get
        {
            lock (_log.Sync)
                return _log.Tail.Bytes + _log.Segments.Sum(s => (long)s.Length);
        }
    }

    /// <summary>Segments in the order of their offsets; what is on its way to them counts to the last one.</summary>
    public IReadOnlyList<SegmentInfo> Segments
    {
        get
        {
            lock (_log.Sync)
            {
                var infos = new List<SegmentInfo>(_log.Segments.Length + 1);
                foreach (Segment segment in _log.Segments)
                    infos.Add(new SegmentInfo(segment.BaseOffset, segment.NextOffset, segment.Length, segment.MaxTimestampMs, !segment.IsClosed));
                AddTail(infos);
                return infos;
            }
        }
    }

    /// <summary>
    /// State of idempotent producers, for everything up to <see cref="EndOffset"/>. The owner stages batches before it appends them;
    /// <see cref="Append"/> commits or rolls back what is staged. A truncation replaces the object: do not keep it across one.
    /// </summary>
    public ProducerStates Producers => _log.Producers!;

    /// <summary>Leader epochs and where they start; a snapshot to read from any thread, changed only by this log. A truncation replaces the object.</summary>
    public EpochHistory Epochs => _log.Epochs;

    /// <summary>Highest leader epoch that this replica has seen, whether or not it holds records of it; -1 for none.</summary>
    public int SeenEpoch => _log.SeenEpoch;

    /// <summary>What recovery found damaged in this log, or null. Appends are refused then, and reads may throw <see cref="LogDamagedException"/>.</summary>
    public LogDamage? Damage => _log.Damage;

    internal ILogObserver Observer { get; }

    /// <summary>Changes the layout from the next append on.</summary>
    public void Configure(LogConfig config) => _config = Checked(config);

    public void Dispose()
    {
        _isDisposed = true;
        lock (_log.Sync)
        {
            if (_log.Owner == this)
                _log.Owner = null;
        }
    }

    private static LogConfig Checked(LogConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(config.SegmentBytes, 1_024);
        ArgumentOutOfRangeException.ThrowIfLessThan(config.SegmentMs, 1);
        return config;
    }

    private void AddTail(List<SegmentInfo> infos)
    {
        LogTail tail = _log.Tail;
        if (tail.Count == 0)
            return;
        long maxTimestampMs = RecordBatch.NoTimestamp;
        for (int i = 0; i < tail.Count; i++)
            maxTimestampMs = Math.Max(maxTimestampMs, tail[i].MaxTimestampMs);
        long end = tail[tail.Count - 1].NextOffset;
        if (infos.Count > 0 && infos[^1].IsActive)
        {
            SegmentInfo last = infos[^1];
            infos[^1] = last with { EndOffset = end, Bytes = last.Bytes + tail.Bytes, MaxTimestampMs = Math.Max(last.MaxTimestampMs, maxTimestampMs) };
        }
        else
        {
            infos.Add(new SegmentInfo(tail[0].BaseOffset, end, tail.Bytes, maxTimestampMs, IsActive: true));
        }
    }
}
