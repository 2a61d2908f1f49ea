namespace Actors.Log;

/// <summary>A write or sync of the data directory has failed, now or earlier. Whether the operation took effect is not known.</summary>
public sealed class LogFailedException(LogFailure failure) : IOException(failure.ToString(), failure.Cause)
{
    public LogFailure Failure { get; } = failure;
}
