namespace Actors.Grains.Agents;

/// <summary>Whether an agent can be reached, as of the moment somebody asks. It is never stored.</summary>
public enum AgentStatus
{
    /// <summary>It was never connected, and there is still time.</summary>
    Connecting,

    /// <summary>It was never connected, and should have been by now.</summary>
    Timeout,

    /// <summary>It has a connection.</summary>
    Connected,

    /// <summary>It had one.</summary>
    Disconnected,
}
