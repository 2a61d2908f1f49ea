namespace Actors.Grains.Agents;

/// <summary>What a gateway does with a show.</summary>
public enum ShowOutcome
{
    /// <summary>The session has it, or has a later one.</summary>
    Taken,

    /// <summary>The session is attached anew, and the grain will hear of it.</summary>
    Stale,

    /// <summary>There is no such connection here any more: evidence that it has ended.</summary>
    NotHeld,
}
