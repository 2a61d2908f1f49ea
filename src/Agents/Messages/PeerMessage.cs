using System.Text.Json;

namespace Actors.Agents.Messages;

/// <summary>One frame of a peer. Its fields are independent and are done in the order in which they stand here.</summary>
public sealed record PeerMessage
{
    /// <summary>Takes the place of the peer's node record.</summary>
    public NodeRecord? UpdateNode { get; init; }

    /// <summary>Exactly these tunnels from this peer are open from now on.</summary>
    public Guid[]? SetTunnels { get; init; }

    /// <summary>Opens tunnels from this peer.</summary>
    public Guid[]? AddTunnels { get; init; }

    /// <summary>Closes tunnels from this peer.</summary>
    public Guid[]? RemoveTunnels { get; init; }

    /// <summary>Goodbye; what follows in this frame is not done.</summary>
    public EmptyMessage? Disconnect { get; init; }

    /// <summary>Peers whose node records this peer has, and with whom it now waits for a handshake.</summary>
    public Guid[]? ReadyForHandshake { get; init; }

    /// <summary>The number of the ping that this answers.</summary>
    public long? Pong { get; init; }

    /// <summary>How far the agent's start or end has come.</summary>
    public AgentLifecycle? Lifecycle { get; init; }

    /// <summary>Values that the agent measured.</summary>
    public MetadataReport[]? Metadata { get; init; }

    /// <summary>Connections to the agent that began or ended.</summary>
    public ConnectionReport[]? Connections { get; init; }

    /// <summary>The frame as UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AgentJson.Default.PeerMessage);
}
