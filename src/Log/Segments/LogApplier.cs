namespace Actors.Log;

/// <summary>Carries out the records of the write-ahead log, in their order, on segments and on what checkpoints say of logs.</summary>
/// <remarks>
/// <para>One thread at a time: recovery first, the segment writer from then on, with the same code. Batches are collected per log
/// and written in large runs; any other record of a log is carried out after the log's run.</para>
/// <para>A <see cref="Shortage"/> may leave any call: what it was doing has not been noted, and the same call may be made again.
/// Every other exception of a write is final for the data directory.</para>
/// </remarks>
internal sealed partial class LogApplier
{
    private const int MaxStageBytes = 1 << 20;
    private const int MinStageBytes = 64 << 10;
    private const int WritebackBytes = 1 << 20;

    private readonly LogOptions _options;
    private readonly IFileSystem _files;
    private readonly OpenFiles _open;
    private readonly LogRegistry _registry;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly byte[] _stage;
    private readonly List<StoredLog> _collected = [];
    private Slice[] _slices = new Slice[1_024];
    private int _sliceCount;
    private long _nowMs;

    public LogApplier(LogOptions options, IFileSystem files, OpenFiles open, LogRegistry registry, LogMetrics metrics, TimeProvider time)
    {
        _options = options;
        _files = files;
        _open = open;
        _registry = registry;
        _metrics = metrics;
        _time = time;
        _stage = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(options.WriteBehindBytes, MinStageBytes, MaxStageBytes), pinned: true);
        LogsDirectory = $"{options.Directory}/logs";
    }

    /// <summary>Folder that holds the logs' folders.</summary>
    public string LogsDirectory { get; }

    /// <summary>While it is set, files are cut to their checkpoint before they are touched, and what does not fit is a finding, not a bug.</summary>
    public ReplayRules? Replay { get; set; }

    /// <summary>What the next checkpoint has to sync.</summary>
    public DirtySet Dirty { get; set; } = new();

    /// <summary>Carries out one record, or collects it for <see cref="FinishRuns"/>.</summary>
    /// <param name="buffer">Holds the payload until the runs are finished.</param>
    public void Apply(in WalRecord record, byte[] buffer, int payloadStart)
    {
        if (record.Type == WalRecordType.FlushHeader)
            return;
        if (record.Type == WalRecordType.LogCreated)
        {
            Create(record, buffer.AsSpan(payloadStart, record.PayloadBytes));
            return;
        }

        StoredLog? log = _registry.Find(record.Log);
        if (log is null)
        {
            Replay?.Unknown(record);
            return;
        }

        if (Replay is not null)
        {
            ApplyReplayed(log, record, buffer, payloadStart);
            return;
        }

        ApplyTo(log, record, buffer, payloadStart);
    }

    /// <summary>Writes everything that was collected.</summary>
    public void FinishRuns()
    {
        while (_collected.Count > 0)
        {
            WriteRun(_collected[^1]);
            _collected.RemoveAt(_collected.Count - 1);
        }

        _sliceCount = 0;
        _nowMs = 0;
    }

    private void ApplyTo(StoredLog log, in WalRecord record, byte[] buffer, int payloadStart)
    {
        if (record.Type == WalRecordType.Append)
        {
            if (!log.Applied.IsRemoved)
                Collect(log, record, buffer, payloadStart);
            return;
        }

        WriteRun(log);
        if (record.Type == WalRecordType.LogDeleted)
            Delete(log);
        else if (!log.Applied.IsRemoved)
            Change(log, record);
    }

    private void Change(StoredLog log, in WalRecord record)
    {
        AppliedLog applied = log.Applied;
        switch (record.Type)
        {
            case WalRecordType.Truncate:
                Truncate(log, record.BaseOffset, (record.Flags & WalRecord.ResetFlag) != 0, record.Lsn);
                break;
            case WalRecordType.EpochSeen:
                applied.SeenEpoch = Math.Max(applied.SeenEpoch, record.Epoch);
                break;
            case WalRecordType.EpochStart:
                applied.Epochs.Assign(record.Epoch, record.BaseOffset);
                applied.SeenEpoch = Math.Max(applied.SeenEpoch, record.Epoch);
                break;
            case WalRecordType.LogStart:
                applied.StartOffset = Math.Max(applied.StartOffset, record.BaseOffset);
                applied.Epochs.TruncateFromStart(applied.StartOffset);
                break;
            case WalRecordType.Roll:
                Roll(log, record.NextOffset);
                break;
            default:
                throw new InvalidOperationException($"A record of type {record.Type} at LSN {record.Lsn} cannot be applied.");
        }
    }

    private void Collect(StoredLog log, in WalRecord record, byte[] buffer, int payloadStart)
    {
        AppliedLog applied = log.Applied;
        if (record.BaseOffset != applied.CollectedEndOffset)
            throw new InvalidOperationException($"{log.Description} ends at {applied.CollectedEndOffset}, but the next record starts at {record.BaseOffset}.");

        if (_sliceCount == _slices.Length)
            Array.Resize(ref _slices, _slices.Length * 2);
        _slices[_sliceCount] = new Slice { Bytes = buffer, Start = payloadStart, Length = record.PayloadBytes, NextOffset = record.NextOffset, Next = -1 };
        if (applied.LastSlice < 0)
        {
            applied.FirstSlice = _sliceCount;
            _collected.Add(log);
        }
        else
        {
            _slices[applied.LastSlice].Next = _sliceCount;
        }

        applied.LastSlice = _sliceCount++;
        applied.CollectedEndOffset = record.NextOffset;
    }

    private long NowMs() => _nowMs != 0 ? _nowMs : _nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Touch(FileSlot slot)
    {
        slot.Wrote();
        Dirty.Files.Add(slot);
    }
}
