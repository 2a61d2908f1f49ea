namespace Actors.Membership;

/// <summary>The store of the membership table did not do what was asked, or did not say so in time.</summary>
public sealed class MembershipStoreException : Exception
{
    /// <param name="operation">What was attempted: "read the silos".</param>
    /// <param name="mayHaveHappened">True when it may have been done nevertheless.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="cause">What was thrown below; null when nothing was.</param>
    public MembershipStoreException(string operation, bool mayHaveHappened, string reason, Exception? cause = null)
        : base($"The membership store failed to {operation} ({(mayHaveHappened ? "it may have happened nevertheless" : "nothing was changed")}): {reason}", cause)
    {
        Operation = operation;
        MayHaveHappened = mayHaveHappened;
        Reason = reason;
    }

    /// <summary>What was attempted.</summary>
    public string Operation { get; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; }

    /// <summary>True when it may have been done nevertheless: read before trying again.</summary>
    public bool MayHaveHappened { get; }
}
