namespace Actors.Grains.Agents;

/// <summary>What a token is good for. Numbers are part of the format and never change.</summary>
public enum AgentTokenKind
{
    /// <summary>An agent connects as itself.</summary>
    Agent = 1,

    /// <summary>A client connects, and reaches certain agents.</summary>
    Client = 2,

    /// <summary>A client that was connected comes back as the same peer.</summary>
    Resume = 3,

    /// <summary>Somebody asks about agents.</summary>
    Operator = 4,
}
