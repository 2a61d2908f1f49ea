namespace Actors.Agents.Messages;

/// <summary>Who the peer is, and what holds on this connection.</summary>
public sealed record WelcomeMessage
{
    /// <summary>The peer's id.</summary>
    public Guid PeerId { get; init; }

    /// <summary>The address that it may announce.</summary>
    public string Address { get; init; } = "";

    /// <summary>Milliseconds between two pings of the hub.</summary>
    public int PingMs { get; init; }

    /// <summary>Milliseconds of silence after which the hub closes the connection.</summary>
    public int DeadMs { get; init; }

    /// <summary>Bytes that a frame of the peer may have.</summary>
    public int MaxFrameBytes { get; init; }

    /// <summary>Tunnels that the peer may have open.</summary>
    public int MaxTunnels { get; init; }

    /// <summary>With which a client comes back as the same peer; null for agents, whose id is in their address.</summary>
    public ResumeMessage? Resume { get; init; }
}
