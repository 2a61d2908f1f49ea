namespace Actors.Gateway.Agents;

/// <summary>What a peer of the hub is.</summary>
public enum PeerRole
{
    /// <summary>It is in a workspace, and tunnels lead to it.</summary>
    Agent,

    /// <summary>It is on somebody's machine, and opens tunnels.</summary>
    Client,
}
