namespace Actors.Grains.Agents;

/// <summary>Why a token is not taken.</summary>
public enum AgentTokenRefusal
{
    /// <summary>It is.</summary>
    None,

    /// <summary>It is no token, or not one of these keys; which of the two is not said.</summary>
    Unknown,

    /// <summary>It is good for something else.</summary>
    WrongKind,

    /// <summary>Its time is over.</summary>
    Expired,
}
