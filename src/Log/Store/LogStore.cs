using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>All logs of one data directory: their write-ahead log, segments, checkpoints and recovery.</summary>
/// <remarks>
/// <para>One per process and data directory; the caller sees to it that no second process opens the same folder. Four threads of
/// its own do the work and sleep while there is none: one writes and syncs the write-ahead log, one tells observers, one writes
/// segments, one makes checkpoints and prepares write-ahead files.</para>
/// <para>The first failed write or sync of the write-ahead log, a segment or a checkpoint is final: it is kept in
/// <see cref="Failure"/>, everybody who waits is told, appends are refused, and what is durable can still be read.</para>
/// <para>A full disk is not final, nor is a limit of open files: appends are refused before anything is torn, reading goes on, and
/// appends are taken again when that has ended.</para>
/// </remarks>
public sealed partial class LogStore : IAsyncDisposable
{
    /// <summary>Identity of the data directory, made when it was created.</summary>
    public Guid StorageId { get; }

    /// <summary>Every log that exists, in the order of creation. Compare with the metadata to find orphans.</summary>
    public IReadOnlyCollection<LogDescription> Logs =>
        [.. _registry.All.Where(l => l.IsListed && !l.IsDeleted).Select(l => l.Description).OrderBy(d => d.Id)];

    /// <summary>What recovery found damaged; empty when all is well.</summary>
    public IReadOnlyList<LogDamage> Damage { get; private set; } = [];

    /// <summary>Bytes of write-ahead log that recovery applied when the store was opened.</summary>
    public long ReplayedBytes { get; private set; }

    /// <summary>Why any append is refused now, or none. Single logs may be refused for reasons of their own.</summary>
    public AppendRefusal Refusal => _health.Refusal;

    /// <summary>While the refusal is <see cref="AppendRefusal.DiskFull"/>: what a write was told, <see cref="NoSpaceException"/> or <see cref="TooManyOpenFilesException"/>, if one was; else null.</summary>
    public IOException? Shortage => _space.Shortage;

    /// <summary>The first failed write or sync, or null.</summary>
    public LogFailure? Failure => _health.Failure;

    /// <summary>Opens or creates a data directory and recovers what its write-ahead log holds beyond the last checkpoint.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves; the message lists all mistakes.</exception>
    /// <exception cref="StorageFormatException">The folder was written by a newer version, or is not a data directory.</exception>
    public static LogStore Open(LogOptions options, IFileSystem files, TimeProvider time, LogMetrics metrics, ILoggerFactory loggers) =>
        Open(options, files, time, metrics, loggers, hasThreads: true);

    /// <summary>Creates logs with one flush for all. No file is made until a log is written.</summary>
    /// <returns>The new ids, in the order of <paramref name="logs"/>, when they are durable.</returns>
    /// <exception cref="LogRefusedException">Refused; nothing was created.</exception>
    /// <exception cref="LogFailedException">The write failed; whether the logs exist shows after a restart.</exception>
    public async Task<IReadOnlyList<LogId>> CreateAsync(IReadOnlyList<NewLog> logs, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (logs.Count == 0)
            return [];
        var payloads = new byte[logs.Count][];
        for (int i = 0; i < logs.Count; i++)
        {
            payloads[i] = DescriptionCodec.Write(logs[i].Topic, logs[i].TopicId, logs[i].Partition, logs[i].Configs ?? NoConfigs);
            ThrowIfTooLarge(payloads[i], $"{logs[i].Topic}-{logs[i].Partition}", nameof(logs));
        }

        var created = new StoredLog[logs.Count];
        for (int start = 0; start < logs.Count;)
        {
            int first = start;
            int count = 0;
            long bytes = 0;
            while (first + count < logs.Count && (count == 0 || bytes + payloads[first + count].Length + WalRecord.HeaderBytes <= _options.MaxAppendBytes / 2))
                bytes += payloads[first + count++].Length + WalRecord.HeaderBytes;
            start += count;
            await WriteAsync(bytes, count, isAllowedWhenFull: false, wal => WriteCreations(wal, logs, payloads, created, first, count), token);
        }

        return [.. created.Select(l => l.Id)];
    }

    /// <summary>Deletes logs with one flush for all; ids that are not there are passed over. Their files go soon after.</summary>
    /// <returns>When the deletion is durable.</returns>
    public async Task DeleteAsync(IReadOnlyList<LogId> logs, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(logs);
        foreach (LogId[] chunk in logs.Chunk(Math.Max(1, _options.MaxAppendBytes / 2 / WalRecord.HeaderBytes)))
        {
            var deleted = new List<StoredLog>();
            await WriteAsync(0, chunk.Length, isAllowedWhenFull: true, wal => WriteDeletions(wal, chunk, deleted), token);
        }
    }

    /// <summary>Replaces the configs that are kept beside a log.</summary>
    /// <returns>When that is durable.</returns>
    /// <exception cref="LogNotFoundException">There is none with this id.</exception>
    public Task DescribeAsync(LogId log, IReadOnlyDictionary<string, string> configs, CancellationToken token)
    {
        StoredLog stored = Find(log);
        LogDescription description = stored.Description with { Configs = new Dictionary<string, string>(configs, StringComparer.Ordinal) };
        byte[] payload = DescriptionCodec.Write(description.Topic, description.TopicId, description.Partition, description.Configs);
        ThrowIfTooLarge(payload, description.ToString(), nameof(configs));
        return WriteAsync(
            payload.Length, 1, isAllowedWhenFull: false,
            wal =>
            {
                ThrowIfDeleted(stored);
                return new ControlWrite(WritePayload(wal, WalRecordType.LogCreated, log, payload), () => stored.Description = description);
            },
            token);
    }

    /// <summary>Hands a log to one owner, until the owner disposes it.</summary>
    /// <exception cref="LogInUseException">It has an owner.</exception>
    /// <exception cref="LogNotFoundException">There is none with this id.</exception>
    public PartitionLog Open(LogId id, LogConfig config, ILogObserver observer)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(observer);
        StoredLog log = Find(id);
        lock (log.Sync)
        {
            if (log.Owner is not null)
                throw new LogInUseException(log.Description);
            log.Producers ??= log.CopyProducers(_options.Producers);
            return log.Owner = new PartitionLog(this, log, config, observer);
        }
    }

    /// <summary>Waits until a refusal as <see cref="AppendRefusal.Busy"/> is worth another try: there is room, or another answer.</summary>
    /// <remarks>Room comes from a slab that is given back and from a write-ahead file that is made or freed; each wakes who waits here.</remarks>
    public Task WaitForRoomAsync(CancellationToken token) => WaitUntilRoomAsync(isAllowedWhenFull: false, token);

    /// <summary>Makes a checkpoint of everything that is durable now.</summary>
    /// <returns>When it is durable.</returns>
    public Task CheckpointAsync(CancellationToken token)
    {
        var waiter = new DurableWaiter();
        _checkpointer.Request(waiter);
        return waiter.Task.WaitAsync(token);
    }

    /// <summary>A description travels as one record, and there is room for records up to the largest append only.</summary>
    private void ThrowIfTooLarge(byte[] description, string log, string parameter)
    {
        int maxBytes = Math.Min(DescriptionCodec.MaxBytes, _options.MaxAppendBytes);
        if (description.Length > maxBytes)
            throw new ArgumentException($"The description of {log} has {description.Length} bytes; {maxBytes} are allowed.", parameter);
    }

    private StoredLog Find(LogId id) =>
        _registry.Find(id) is { IsListed: true, IsDeleted: false } log ? log : throw new LogNotFoundException(id);
}
