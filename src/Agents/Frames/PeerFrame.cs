using Actors.Agents.Messages;

namespace Actors.Agents.Frames;

/// <summary>
/// What one frame of a peer asks for. Its lists are used again for the next frame, so a connection's frames are read
/// without garbage; one reader at a time.
/// </summary>
public sealed class PeerFrame
{
    private readonly List<Guid> _setTunnels = [];
    private readonly List<Guid> _addTunnels = [];
    private readonly List<Guid> _removeTunnels = [];
    private readonly List<Guid> _ready = [];
    private readonly List<MetadataReport> _metadata = [];
    private readonly List<ConnectionReport> _connections = [];

    /// <summary>The peer's new node record, a part of the frame's bytes and valid as long as they are; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Node { get; internal set; }

    /// <summary>Whether <see cref="SetTunnels"/> is there; an empty list closes all tunnels.</summary>
    public bool HasSetTunnels { get; internal set; }

    /// <summary>The tunnels that are to be open, and no others.</summary>
    public IReadOnlyList<Guid> SetTunnels => _setTunnels;

    /// <summary>Tunnels to open.</summary>
    public IReadOnlyList<Guid> AddTunnels => _addTunnels;

    /// <summary>Tunnels to close.</summary>
    public IReadOnlyList<Guid> RemoveTunnels => _removeTunnels;

    /// <summary>Whether the peer says goodbye.</summary>
    public bool IsGoodbye { get; internal set; }

    /// <summary>Peers that this one is ready for.</summary>
    public IReadOnlyList<Guid> ReadyForHandshake => _ready;

    /// <summary>The ping that is answered, if one is.</summary>
    public long? Pong { get; internal set; }

    /// <summary>The agent's new lifecycle state, if it has one.</summary>
    public AgentLifecycle? Lifecycle { get; internal set; }

    /// <summary>Values that the agent measured.</summary>
    public IReadOnlyList<MetadataReport> Metadata => _metadata;

    /// <summary>Connections to the agent that began or ended.</summary>
    public IReadOnlyList<ConnectionReport> Connections => _connections;

    internal List<MetadataReport> MetadataList => _metadata;

    internal List<ConnectionReport> ConnectionList => _connections;

    internal List<Guid> ListOf(PeerField field) => field switch
    {
        PeerField.SetTunnels => _setTunnels,
        PeerField.AddTunnels => _addTunnels,
        PeerField.RemoveTunnels => _removeTunnels,
        _ => _ready,
    };

    internal void Clear()
    {
        Node = default;
        HasSetTunnels = false;
        IsGoodbye = false;
        Pong = null;
        Lifecycle = null;
        _setTunnels.Clear();
        _addTunnels.Clear();
        _removeTunnels.Clear();
        _ready.Clear();
        _metadata.Clear();
        _connections.Clear();
    }
}
