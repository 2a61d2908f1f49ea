using Actors.Grains.Topics;

namespace Actors.Silo.Stores;

/// <summary>A store could not do something.</summary>
public sealed class StoreException : Exception
{
    /// <param name="operation">What was attempted: "create topics".</param>
    /// <param name="outcome">Whether it may have happened nevertheless.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="cause">What was thrown below; null when nothing was.</param>
    public StoreException(string operation, StoreOutcome outcome, string reason, Exception? cause = null)
        : base($"The store failed to {operation} (outcome: {outcome}): {reason}", cause)
    {
        Operation = operation;
        Outcome = outcome;
        Reason = reason;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>Whether it may have happened nevertheless.</summary>
    public StoreOutcome Outcome { get; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; }
}
