namespace Actors.Runtime.Peering;

/// <summary>What a response says.</summary>
internal struct CallResponse
{
    /// <summary>The call's number.</summary>
    public long Id;

    /// <summary>The sender's view.</summary>
    public long View;

    /// <summary>Whether the call was made.</summary>
    public CallOutcomeCode Outcome;

    /// <summary>Why there is no result; null when the call has it.</summary>
    public Exception? Error;

    /// <summary>The call; null when it does not wait any more.</summary>
    public SentCall? Call;
}
