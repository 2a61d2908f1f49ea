using Actors.Grains.Topics;

namespace Actors.Grains.Agents;

/// <summary>A store of the agents' hub did not do what it was asked.</summary>
public sealed class AgentStoreException : Exception
{
    /// <param name="operation">What was attempted: "write heartbeats".</param>
    /// <param name="outcome">Whether it may have happened nevertheless.</param>
    /// <param name="isRefusal">Whether the store is well, and refuses these very rows: trying them again is of no use.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="cause">What was thrown below; null when nothing was.</param>
    public AgentStoreException(string operation, StoreOutcome outcome, bool isRefusal, string reason, Exception? cause = null)
        : base($"The store failed to {operation} (outcome: {outcome}): {reason}", cause)
    {
        Operation = operation;
        Outcome = outcome;
        IsRefusal = isRefusal;
        Reason = reason;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>Whether it may have happened nevertheless. Every write of these stores may be done twice without harm.</summary>
    public StoreOutcome Outcome { get; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; }

    /// <summary>Whether the store is well, and refuses these very rows.</summary>
    public bool IsRefusal { get; }
}
