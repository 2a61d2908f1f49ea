namespace Actors.Log;

/// <summary>The log has an owner already; it must give the log back before another one may open it.</summary>
public sealed class LogInUseException(LogDescription log)
    : InvalidOperationException($"{log} has an owner. Dispose its PartitionLog before it is opened again.")
{
    public LogDescription Log { get; } = log;
}
