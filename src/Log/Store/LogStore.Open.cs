using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <remarks>Opening: identity, checkpoint, recovery, and the parts that run afterwards.</remarks>
public sealed partial class LogStore
{
    private readonly LogOptions _options;
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly ILogger _logger;
    private readonly StoreHealth _health = new();
    private readonly RoomSignal _room = new();
    private readonly FlushPool _flushes = new();
    private readonly WorkSignal _flushSignal = new();
    private readonly WorkSignal _completionSignal = new();
    private readonly WorkSignal _segmentSignal = new();
    private readonly WorkSignal _checkpointSignal = new();
    private readonly SlabPool _slabs;
    private readonly OpenFiles _open;
    private readonly LogRegistry _registry = new();
    private readonly LogApplier _applier;
    private readonly CheckpointFile _checkpointFile;
    private readonly WalFiles _walFiles;
    private readonly WriteAheadLog _wal;
    private readonly Completions _completions;
    private readonly SegmentWriter _writer;
    private readonly SpaceGuard _space;
    private readonly IWholeSync _whole;
    private readonly Checkpointer _checkpointer;

    private LogStore(LogOptions options, IFileSystem files, TimeProvider time, LogMetrics metrics, ILoggerFactory loggers, Guid storageId, Salts salts)
    {
        _options = options;
        _files = files;
        _time = time;
        _metrics = metrics;
        _logger = loggers.CreateLogger<LogStore>();
        StorageId = storageId;
        _slabs = new SlabPool(options.SlabBytes, options.MaxSlabBytes);
        _slabs.OnRoom(_room.Pulse);
        _open = new OpenFiles(files, options.MaxOpenFiles);
        _applier = new LogApplier(options, files, _open, _registry, metrics, time);
        _checkpointFile = new CheckpointFile(files, options.Directory, storageId);
        _walFiles = new WalFiles(options, WalDirectoryOf(options), files, storageId, salts.Next);
        _wal = new WriteAheadLog(options, _walFiles, _slabs, _flushes, _health, metrics, time, _flushSignal);
        _completions = new Completions(_flushes, _completionSignal, _logger);
        _writer = new SegmentWriter(options, _applier, _flushes, _health, _segmentSignal);
        _space = new SpaceGuard(options, files, _health, time, () => _wal.EndLsn - _writer.AppliedLsn, WakeStuck, OnSpaceChanged);
        _whole = files.OpenWholeSync(options.Directory);
        _checkpointer = new Checkpointer(
            options, files, _open, _whole, _walFiles, _wal, _writer, _registry, _checkpointFile, _health, _space, metrics, time, _checkpointSignal, _room.Pulse, _logger);
        _walFiles.OnTaken(_checkpointSignal.Set);
        _health.OnFailed(OnFailed);
    }

    internal static LogStore Open(LogOptions options, IFileSystem files, TimeProvider time, LogMetrics metrics, ILoggerFactory loggers, bool hasThreads)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(loggers);
        IReadOnlyList<string> mistakes = options.Validate();
        if (mistakes.Count > 0)
            throw new ArgumentException(string.Join(" ", mistakes), nameof(options));

        var salts = new Salts(options.Seed);
        Guid storageId = Identify(options, files, salts);
        var store = new LogStore(options, files, time, metrics, loggers, storageId, salts);
        try
        {
            store.Recover();
            if (hasThreads)
                store.StartThreads();
            return store;
        }
        catch
        {
            store.CloseFiles();
            throw;
        }
    }

    private static string WalDirectoryOf(LogOptions options) => options.WalDirectory ?? $"{options.Directory}/wal";

    /// <summary>The id of an existing directory, or of a new one that is made.</summary>
    private static Guid Identify(LogOptions options, IFileSystem files, Salts salts)
    {
        string walDirectory = WalDirectoryOf(options);
        string logsDirectory = $"{options.Directory}/logs";
        if (StorageIdentity.TryRead(files, options.Directory, out Guid storageId))
        {
            if (!StorageIdentity.TryRead(files, walDirectory, out Guid walId))
                throw new StorageFormatException(walDirectory, $"the write-ahead log of storage {storageId} is not here. Mount or restore the folder; without it acknowledged records are lost.");
            if (walId != storageId)
                throw new StorageFormatException(walDirectory, $"the write-ahead log belongs to storage {walId}, the data directory is {storageId}. Put the right folder in place.");

            // The process before may have been killed between making a file and syncing its name.
            files.CreateDirectory(logsDirectory);
            files.SyncDirectory(walDirectory);
            files.SyncDirectory(options.Directory);
            return storageId;
        }

        if (files.ListDirectories(logsDirectory).Count > 0)
            throw new StorageFormatException(options.Directory, "there are logs, but the file 'storage' that identifies them is missing. Restore it, or choose an empty folder.");
        return Create(options, files, walDirectory, salts.NextId());
    }

    /// <summary>Creates a folder and those above it, and syncs the name of each: else a loss of power takes all that is in it.</summary>
    /// <remarks>Those that exist too: the silo, or a process that was killed, may have made them without a sync.</remarks>
    private static void CreateDurably(IFileSystem files, string directory)
    {
        files.CreateDirectory(directory);
        try
        {
            for (string? above = FolderAbove(directory); above is not null; above = FolderAbove(above))
                files.SyncDirectory(above);
        }
        catch (UnauthorizedAccessException)
        {
            // A folder that this process may not read is not one that it has made; nor are those above.
        }
    }

    private static string? FolderAbove(string directory)
    {
        int slash = directory.LastIndexOf('/');
        return slash > 0 ? directory[..slash] : slash == 0 && directory.Length > 1 ? "/" : slash < 0 && directory != "." ? "." : null;
    }

    /// <summary>The file that names the directory is written last: until then it is still new.</summary>
    private static Guid Create(LogOptions options, IFileSystem files, string walDirectory, Guid storageId)
    {
        if (StorageIdentity.TryRead(files, walDirectory, out Guid other) && files.ListFiles(walDirectory).Any(WalFiles.IsName))
            throw new StorageFormatException(walDirectory, $"the folder holds the write-ahead log of storage {other}, but {options.Directory} is new. Put the right folders together, or choose empty ones.");
        CreateDurably(files, $"{options.Directory}/logs");
        CreateDurably(files, walDirectory);
        StorageIdentity.Write(files, walDirectory, storageId);
        foreach (string name in files.ListFiles(options.Directory))
        {
            if (name.StartsWith("checkpoint-", StringComparison.Ordinal))
                files.DeleteFile($"{options.Directory}/{name}");
        }

        new CheckpointFile(files, options.Directory, storageId).Write(new CheckpointImage
        {
            Lsn = 0,
            WalSequence = 0,
            NextLogId = 1,
            Logs = new(),
            LogCount = 0,
            Trims = [],
            Dirty = new DirtySet(),
        });
        files.SyncDirectory(options.Directory);
        StorageIdentity.Write(files, options.Directory, storageId);
        return storageId;
    }

    private void Recover()
    {
        long began = _time.GetTimestamp();
        if (!_checkpointFile.TryRead(out CheckpointHeader checkpoint, out byte[] logs))
            throw new StorageFormatException(_options.Directory, "neither checkpoint can be read. Restore the directory from a backup, or refill it from other replicas.");
        IReadOnlyList<WalFileFound> found = _walFiles.Find();
        _checkpointFile.SyncFound();
        RecoveryResult result = new Recovery(_options, _files, _open, _registry, _applier, _logger)
            .Run(checkpoint, logs, _walFiles.Directory, found);
        Damage = result.Damage;
        ReplayedBytes = result.ReplayedBytes;
        if (result.IsWalDamaged && !_options.AcceptDamage)
            _health.SetDamaged();

        HighestProducerId = _registry.All.Max(log => log.Applied.Producers?.HighestId) ?? -1;
        _walFiles.Adopt(found, checkpoint.Lsn, result.EndLsn);
        _wal.Start(result.EndLsn);
        _writer.Start(result.EndLsn, _space, OnWindow);
        _checkpointer.Start(checkpoint.Lsn);
        _space.Sample();

        // Makes the first write-ahead file ready, or notes that there is no space for one.
        _checkpointer.Step();
        if (_health.Failure is { } failure)
            throw new LogFailedException(failure);
        _metrics.Observe(() => new LogUsage(_wal.QueuedAppends, _wal.EndLsn - _checkpointer.LastLsn, _slabs.UsedBytes, _checkpointFile.Bytes, _health.Refusal));
        int logCount = _registry.All.Count();
        double durationMs = _time.GetElapsedTime(began).TotalMilliseconds;
        int findings = result.Damage.Count;
        LogRecovered(_options.Directory, logCount, result.ReplayedBytes, durationMs, findings);

        // Accepted damage must be behind a checkpoint before anything is appended: the next start would find it again.
        if (result.Damage.Count > 0 && _options.AcceptDamage)
            CheckpointInline();
        else if (result.ReplayedBytes > 0 && !result.IsWalDamaged)
            _checkpointer.Request(null);
    }

    private void CheckpointInline()
    {
        _checkpointer.Request(null);
        while (_checkpointer.Step() | _writer.Step())
        {
        }

        if (_health.Failure is { } failure)
            throw new LogFailedException(failure);
    }

    private void OnWindow()
    {
        _checkpointer.Consider();
        _room.Pulse();
    }

    /// <summary>While the disk is full: tries again what found no space, and frees what can be freed.</summary>
    private void WakeStuck()
    {
        _writer.Wake();
        _checkpointer.Reclaim();
    }

    private void OnSpaceChanged(bool isFull, long freeBytes, long neededBytes, IOException? shortage)
    {
        if (isFull)
            LogDiskFull(_options.Directory, shortage?.Message ?? "The disk is full.", freeBytes, neededBytes);
        else
            LogDiskHasSpace(_options.Directory, freeBytes);
        _room.Pulse();
    }

    private void OnFailed(LogFailure failure)
    {
        LogFailed(failure.Cause, failure);
        _flushSignal.Set();
        _checkpointSignal.Set();
        _completions.PostFailure(failure, () => _registry.All);
        _room.Pulse();
    }

    [LoggerMessage(EventId = 3105, Level = LogLevel.Information, Message = "{Directory}: {Logs} logs; {ReplayedBytes} bytes of write-ahead log were applied in {DurationMs} ms, {Findings} findings of damage.")]
    private partial void LogRecovered(string directory, int logs, long replayedBytes, double durationMs, int findings);

    [LoggerMessage(EventId = 3106, Level = LogLevel.Error, Message = "{Directory}: {Reason} ({FreeBytes} bytes free, {NeededBytes} needed.) Appends are refused until that has ended.")]
    private partial void LogDiskFull(string directory, string reason, long freeBytes, long neededBytes);

    [LoggerMessage(EventId = 3107, Level = LogLevel.Warning, Message = "{Directory}: that has ended ({FreeBytes} bytes free). Appends are taken.")]
    private partial void LogDiskHasSpace(string directory, long freeBytes);

    [LoggerMessage(EventId = 3108, Level = LogLevel.Critical, Message = "{Failure}")]
    private partial void LogFailed(Exception cause, LogFailure failure);
}
