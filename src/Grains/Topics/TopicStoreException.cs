namespace Actors.Grains.Topics;

/// <summary>Whether a write that failed may nevertheless have happened.</summary>
public enum StoreOutcome
{
    /// <summary>Nothing was changed.</summary>
    NotApplied,

    /// <summary>The change may or may not be stored: read before deciding anything.</summary>
    Unknown,
}

/// <summary>The store could not do what was asked, for a reason that is not an expected answer.</summary>
public sealed class TopicStoreException : Exception
{
    /// <param name="operation">What was attempted, as in "create topics".</param>
    /// <param name="outcome">Whether it may have happened nevertheless.</param>
    /// <param name="cause">What was thrown below; null when nothing was.</param>
    /// <param name="reason">Why it failed; null for what the cause says.</param>
    public TopicStoreException(string operation, StoreOutcome outcome, Exception? cause, string? reason = null)
        : base($"The topic store failed to {operation} (outcome: {outcome}): {reason ?? cause?.Message ?? "it does not say why."}", cause)
    {
        Operation = operation;
        Outcome = outcome;
    }

    public string Operation { get; }
    public StoreOutcome Outcome { get; }
}
