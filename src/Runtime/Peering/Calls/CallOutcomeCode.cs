namespace Actors.Runtime.Peering;

/// <summary>What a response says. The numbers are part of the protocol.</summary>
internal enum CallOutcomeCode
{
    /// <summary>The call was made, or refused with an exception: that, or the result, is the answer.</summary>
    Answered = 0,

    /// <summary>The grain is not here in the view that the response names; the call was not made.</summary>
    Moved = 1,
}
