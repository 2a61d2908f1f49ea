using Microsoft.Extensions.Logging;

namespace Actors.Log;

/// <summary>All logs of one data directory: their write-ahead log, segments, checkpoints and recovery.</summary>
/// <remarks>
/// <para>One per process and data directory; the caller sees to it that no second process opens the same folder. Four threads of
/// its own do the work and sleep while there is none: one writes and syncs the write-ahead log, one tells observers, one writes
/// segments, one makes checkpoints and prepares write-ahead files.</para>
/// <para>The first failed write or sync of the write-ahead log, a segment or a checkpoint is final: it is kept in
/// <see cref="Failure"/>, everybody who waits is told, appends are refused, and what is durable can still be read.</para>
/// <para>A full disk is not final: appends are refused before anything is torn, reading goes on, and appends are taken again
/// when there is space.</para>
/// </remarks>
public sealed class LogStore : IAsyncDisposable
{
    private LogStore()
    {
    }

    /// <summary>Identity of the data directory, made when it was created.</summary>
    public Guid StorageId => throw Missing();

    /// <summary>Every log that exists, in the order of creation. Compare with the metadata to find orphans.</summary>
    public IReadOnlyCollection<LogDescription> Logs => throw Missing();

    /// <summary>What recovery found damaged; empty when all is well.</summary>
    public IReadOnlyList<LogDamage> Damage => throw Missing();

    /// <summary>Why any append is refused now, or none. Single logs may be refused for reasons of their own.</summary>
    public AppendRefusal Refusal => throw Missing();

    /// <summary>The first failed write or sync, or null.</summary>
    public LogFailure? Failure => throw Missing();

    /// <summary>Opens or creates a data directory and recovers what its write-ahead log holds beyond the last checkpoint.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves; the message lists all mistakes.</exception>
    /// <exception cref="StorageFormatException">The folder was written by a newer version, or is not a data directory.</exception>
    public static LogStore Open(LogOptions options, IFileSystem files, TimeProvider time, LogMetrics metrics, ILoggerFactory loggers) => throw Missing();

    /// <summary>Creates logs with one flush for all. No file is made until a log is written.</summary>
    /// <returns>The new ids, in the order of <paramref name="logs"/>, when they are durable.</returns>
    /// <exception cref="LogRefusedException">Refused; nothing was created.</exception>
    /// <exception cref="LogFailedException">The write failed; whether the logs exist shows after a restart.</exception>
    public Task<IReadOnlyList<LogId>> CreateAsync(IReadOnlyList<NewLog> logs, CancellationToken token) => throw Missing();

    /// <summary>Deletes logs with one flush for all; ids that are not there are passed over. Their files go soon after.</summary>
    /// <returns>When the deletion is durable.</returns>
    public Task DeleteAsync(IReadOnlyList<LogId> logs, CancellationToken token) => throw Missing();

    /// <summary>Replaces the configs that are kept beside a log.</summary>
    /// <returns>When that is durable.</returns>
    public Task DescribeAsync(LogId log, IReadOnlyDictionary<string, string> configs, CancellationToken token) => throw Missing();

    /// <summary>Hands a log to one owner, until the owner disposes it.</summary>
    /// <exception cref="LogInUseException">It has an owner.</exception>
    /// <exception cref="LogNotFoundException">There is none with this id.</exception>
    public PartitionLog Open(LogId id, LogConfig config, ILogObserver observer) => throw Missing();

    /// <summary>Waits until a refusal as <see cref="AppendRefusal.Busy"/> is worth another try.</summary>
    public Task WaitForRoomAsync(CancellationToken token) => throw Missing();

    /// <summary>Makes a checkpoint of everything that is durable now.</summary>
    /// <returns>When it is durable.</returns>
    public Task CheckpointAsync(CancellationToken token) => throw Missing();

    /// <summary>Syncs what was appended, makes a checkpoint and closes all files. The next start has nothing to recover.</summary>
    public ValueTask DisposeAsync() => throw Missing();

    private static NotSupportedException Missing() => new("The log's machinery arrives with the next commits.");
}
