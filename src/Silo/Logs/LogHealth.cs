using Actors.Log;
using Actors.Silo.Health;

namespace Actors.Silo.Logs;

/// <summary>
/// Says whether the log takes records. A failed write or sync is final: only a restart can tell what the disk holds. A
/// full or damaged disk is not; reading goes on.
/// </summary>
public sealed class LogHealth : IHealthSource
{
    private volatile LogStore? _log;

    /// <inheritdoc/>
    public HealthProblem? Problem => _log is { } log ? Describe(log) : null;

    /// <summary>The log is open.</summary>
    public void Watch(LogStore log) => _log = log;

    private static HealthProblem? Describe(LogStore log)
    {
        if (log.Failure is { } failure) return new("log", failure.ToString(), IsFinal: true);
        return log.Refusal switch
        {
            AppendRefusal.DiskFull when log.Shortage is TooManyOpenFilesException shortage =>
                new("log", $"{shortage.Message} Records are refused until then.", IsFinal: false),
            AppendRefusal.DiskFull => new("log", "The disk is full; records are refused until there is room.", IsFinal: false),
            AppendRefusal.Damaged => new(
                "log",
                "Acknowledged records are damaged; records are refused. Restore the data directory, or give up what is damaged with --Log:AcceptDamage=true.",
                IsFinal: false),
            _ => null,
        };
    }
}
