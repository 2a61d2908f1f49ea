namespace Actors.Log;

/// <summary>No log with this id is in the data directory.</summary>
public sealed class LogNotFoundException(LogId id)
    : InvalidOperationException($"The data directory holds no log {id}: it was never created here, or it has been deleted.")
{
    public LogId Id { get; } = id;
}
