using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>Makes checkpoints, frees write-ahead files by them, and makes new ones ready.</summary>
/// <remarks>
/// One thread, one phase per step: ask the segment writer for an image; sync what the image speaks of; write the slot; recycle. Only
/// the slot makes a checkpoint count, so a crash anywhere leaves the one before. Work is bounded by making it early: segments begin
/// their write-back as they are written, so that the syncs here find little left to do.
/// </remarks>
internal sealed partial class Checkpointer
{
    private readonly LogOptions _options;
    private readonly IFileSystem _files;
    private readonly OpenFiles _open;
    private readonly IWholeSync _whole;
    private readonly WalFiles _walFiles;
    private readonly WriteAheadLog _wal;
    private readonly SegmentWriter _writer;
    private readonly LogRegistry _registry;
    private readonly CheckpointFile _file;
    private readonly StoreHealth _health;
    private readonly SpaceGuard _space;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly WorkSignal _signal;
    private readonly Action _onRoom;
    private readonly ILogger _logger;
    private readonly CheckpointWarnings _warnings;
    private readonly Lock _lock = new();
    private readonly List<DurableWaiter> _waiting = [];
    private readonly List<DurableWaiter> _served = [];
    private CheckpointImage? _image;
    private Phase _phase;
    private bool _isWanted;
    private IOException? _lacksForFile;
    private IOException? _lacksForPhase;
    private bool _isStuck;
    private long _lastLsn;
    private long _began;

    /// <param name="onRoom">Called when a write-ahead file was made ready, and after a checkpoint, which may have freed some.</param>
    public Checkpointer(
        LogOptions options, IFileSystem files, OpenFiles open, IWholeSync whole, WalFiles walFiles, WriteAheadLog wal, SegmentWriter writer, LogRegistry registry,
        CheckpointFile file, StoreHealth health, SpaceGuard space, LogMetrics metrics, TimeProvider time, WorkSignal signal, Action onRoom, ILogger logger)
    {
        (_options, _files, _open, _whole, _walFiles, _wal, _writer, _registry) = (options, files, open, whole, walFiles, wal, writer, registry);
        (_file, _health, _space, _metrics, _time, _signal, _onRoom, _logger) = (file, health, space, metrics, time, signal, onRoom, logger);
        _warnings = new CheckpointWarnings(options, time, logger);
    }

    private enum Phase
    {
        Idle,
        Imaging,
        Syncing,
        Writing,
        Freeing,
    }

    /// <summary>Everything below is covered by a durable checkpoint.</summary>
    public long LastLsn => Volatile.Read(ref _lastLsn);

    public void Start(long lastLsn) => _lastLsn = lastLsn;

    /// <summary>Asks for a checkpoint when enough has been written since the last one.</summary>
    public void Consider()
    {
        // A large checkpoint is made more rarely, so that it stays a small part of what is written.
        long interval = Math.Max(_options.CheckpointBytes, Math.Min(16 * _file.Bytes, _options.MaxWalBytes / 2));
        if (_writer.AppliedLsn - LastLsn >= interval || _walFiles.IsExhausted)
            Request(null);
    }

    /// <summary>Asks for a checkpoint of everything that is synced now.</summary>
    public void Request(DurableWaiter? waiter)
    {
        lock (_lock)
        {
            _isWanted = true;
            if (waiter is not null)
                _waiting.Add(waiter);
        }

        if (_health.Failure is { } failure)
            FailWaiting(failure);
        else
            _signal.Set();
    }

    /// <summary>Wakes the thread, to make a file ready or to try again what found no space.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Asks for a checkpoint if it would cover anything: what has been deleted is unlinked behind it.</summary>
    public void Reclaim()
    {
        if (_wal.SyncedLsn > LastLsn)
            Request(null);
        else
            _signal.Set();
    }

    /// <summary>One phase, or one file made ready.</summary>
    /// <returns>Whether something was done.</returns>
    public bool Step()
    {
        if (_health.Failure is { } failure)
        {
            FailWaiting(failure);
            return false;
        }

        string operation = "write";
        string path = _options.Directory;
        try
        {
            bool worked = PrepareFile();
            worked |= TryPhase(ref operation, ref path);
            NoteSpace();
            return worked;
        }
        catch (Exception e)
        {
            _health.Fail(new LogFailure(operation, path, e));
            FailWaiting(_health.Failure!);
            return false;
        }
    }

    /// <summary>Makes a write-ahead file ready if one is needed. A disk without space for it does not hold the checkpoint up, which may free some.</summary>
    private bool PrepareFile()
    {
        try
        {
            _lacksForFile = null;
            if (!_walFiles.Prepare())
                return false;
            _onRoom();
            return true;
        }
        catch (IOException e) when (Shortage.IsOne(e))
        {
            _lacksForFile = e;
            return false;
        }
    }

    private bool TryPhase(ref string operation, ref string path)
    {
        try
        {
            _lacksForPhase = null;
            return RunPhase(ref operation, ref path);
        }
        catch (IOException e) when (Shortage.IsOne(e))
        {
            _lacksForPhase = e;
            return false;
        }
    }

    private void NoteSpace()
    {
        bool wasStuck = _isStuck;
        IOException? shortage = _lacksForFile ?? _lacksForPhase;
        _isStuck = shortage is not null;
        if (shortage is not null)
            _space.Stuck(this, shortage);
        else if (wasStuck)
            _space.Unstuck(this);
    }

    private bool RunPhase(ref string operation, ref string path)
    {
        switch (_phase)
        {
            case Phase.Idle:
                return Begin();
            case Phase.Imaging:
                if (Volatile.Read(ref _image) is null)
                    return false;
                _phase = Phase.Syncing;
                return true;
            case Phase.Syncing:
                operation = "sync";
                SyncDirty(_image!.Dirty, ref path);
                _phase = Phase.Writing;
                return true;
            case Phase.Writing:
                path = $"{_options.Directory}/checkpoint";
                _file.Write(_image!);
                _metrics.SegmentSynced();
                _metrics.SegmentWritten(_image!.Logs.WrittenCount);
                Volatile.Write(ref _lastLsn, _image!.Lsn);
                _phase = Phase.Freeing;
                return true;
            default:
                path = _walFiles.Directory;
                Finish();
                return true;
        }
    }

    private bool Begin()
    {
        lock (_lock)
        {
            if (!_isWanted)
                return false;
            _isWanted = false;
            _served.AddRange(_waiting);
            _waiting.Clear();
        }

        _began = _time.GetTimestamp();
        _phase = Phase.Imaging;
        _writer.RequestSnapshot(_wal.SyncedLsn, (applier, lsn) =>
        {
            Volatile.Write(ref _image, CheckpointImage.Take(
                applier, _registry, _options.Producers, lsn, _walFiles.SyncedSequence, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            _signal.Set();
        });
        return true;
    }

    /// <summary>Few files are synced one by one, many at once with everything else on the file system.</summary>
    /// <remarks>Appends go on meanwhile: between two syncs a write-ahead file is made for them if they have used up what was ready.</remarks>
    private void SyncDirty(DirtySet dirty, ref string path)
    {
        FileSlot[] slots = [.. dirty.Files.Where(s => !s.IsDeleted)];
        int[] writes = [.. slots.Select(s => s.Writes)];
        if (slots.Length + dirty.Directories.Count > _options.MaxSingleSyncs)
        {
            _whole.Sync();
            _metrics.SegmentSynced();
        }
        else
        {
            foreach (FileSlot slot in slots)
            {
                path = slot.Path;
                SyncOne(slot);
                PrepareFile();
            }

            foreach (string directory in dirty.Directories)
            {
                path = directory;
                SyncDirectory(directory);
            }
        }

        if (slots.Any(s => s.WasClosedDirty))
        {
            path = _options.Directory;
            _whole.Sync();
            _metrics.SegmentSynced();
        }

        for (int i = 0; i < slots.Length; i++)
        {
            slots[i].Synced(writes[i]);
            if (!slots[i].IsDirty)
                slots[i].WasClosedDirty = false;
        }
    }

    private void SyncOne(FileSlot slot)
    {
        try
        {
            using FileLease lease = _open.Use(slot);
            lease.File.Sync();
            _metrics.SegmentSynced();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted meanwhile: there is nothing to keep. A file that vanished otherwise is found missing at the next start.
        }
    }

    private void SyncDirectory(string directory)
    {
        try
        {
            _files.SyncDirectory(directory);
            _metrics.SegmentSynced();
        }
        catch (DirectoryNotFoundException)
        {
            // Its log has been deleted, or was never written.
        }
    }

    private void Finish()
    {
        CheckpointImage image = _image!;
        _walFiles.Recycle(image.Lsn);
        _onRoom();
        foreach ((StoredLog log, long startOffset) in image.Trims)
            _writer.Post(applier => applier.TrimBelowStart(log, startOffset));
        double durationMs = _time.GetElapsedTime(_began).TotalMilliseconds;
        _metrics.CheckpointMade(durationMs);
        _warnings.Made(image, _file.MaxLogBytes);
        LogCheckpoint(image.Lsn, image.LogCount, image.Dirty.Files.Count, durationMs);
        _image = null;
        _phase = Phase.Idle;
        DurableWaiter[] served;
        lock (_lock)
        {
            served = [.. _served];
            _served.Clear();
        }

        foreach (DurableWaiter waiter in served)
            waiter.Synced();
    }

    /// <summary>Fails everybody who waits for a checkpoint that will not come.</summary>
    public void FailWaiting(LogFailure failure)
    {
        DurableWaiter[] waiters;
        lock (_lock)
        {
            waiters = [.. _waiting, .. _served];
            _waiting.Clear();
            _served.Clear();
        }

        foreach (DurableWaiter waiter in waiters)
            waiter.Failed(failure);
    }

    [LoggerMessage(EventId = 3111, Level = LogLevel.Debug, Message = "Checkpoint at LSN {Lsn}: {Logs} logs, {Files} files, {DurationMs} ms.")]
    private partial void LogCheckpoint(long lsn, int logs, int files, double durationMs);
}
