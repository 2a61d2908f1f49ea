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
    public TopicStoreException(string operation, StoreOutcome outcome, Exception? cause)
        : base($"The topic store failed to {operation} (outcome: {outcome}).", cause)
    {
        Operation = operation;
        Outcome = outcome;
    }

    public string Operation { get; }
    public StoreOutcome Outcome { get; }
}
