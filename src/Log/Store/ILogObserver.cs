namespace Actors.Log;

/// <summary>The owner of a log, told when what it appended is on the disk.</summary>
/// <remarks>
/// Calls for one log never overlap and come in order. They arrive on a thread of the log, which every other log waits
/// for: an implementation must not block, and what it throws is logged and dropped.
/// </remarks>
public interface ILogObserver
{
    /// <summary>Everything below <paramref name="durableEndOffset"/> is synced. One call per flush that holds records of the log.</summary>
    void OnDurable(long durableEndOffset);

    /// <summary>The data directory has failed: what is above the durable end will never be acknowledged. Called once.</summary>
    void OnFailed(LogFailure failure);
}
