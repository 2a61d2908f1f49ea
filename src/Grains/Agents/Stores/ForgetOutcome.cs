namespace Actors.Grains.Agents;

/// <summary>What became of the wish that an agent be forgotten.</summary>
public enum ForgetOutcome
{
    /// <summary>Its row and its values are gone.</summary>
    Forgotten,

    /// <summary>It has a connection, and stays.</summary>
    Connected,

    /// <summary>There is no such agent.</summary>
    Unknown,
}
