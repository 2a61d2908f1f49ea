namespace Actors.Grains.Agents;

/// <summary>
/// One connection of a peer, as the silo that holds its socket has it: what the peer said, numbered and kept until its grain has it,
/// and what is to be told to it. It decides and does nothing else: no socket, no clock, no threads; one caller at a time.
/// </summary>
/// <remarks>
/// The grain may die and come back elsewhere without the socket's end being told of it: the session then attaches itself anew and says
/// everything again, under the same numbers. Memory is bounded by the tunnels that the peer has and that lead to it.
/// </remarks>
public sealed partial class PeerSession
{
    private readonly SessionOptions _options;
    private readonly Random _random;
    private PeerMap<TunnelSlot> _tunnels;
    private Dictionary<Guid, long>? _ready;
    private NodeRoom _node;
    private long _nodeSequence;
    private long _closedBefore;
    private long _sequence;
    private int _open;
    private SessionEnd _end;

    /// <summary>A connection that its peer's grain has given an epoch.</summary>
    public PeerSession(Guid id, long epoch, GatewayRun gateway, SessionOptions options, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        Id = id;
        Epoch = epoch;
        Gateway = gateway;
        _options = options;
        _random = random;
    }

    /// <summary>The peer.</summary>
    public Guid Id { get; }

    /// <summary>The connection.</summary>
    public long Epoch { get; }

    /// <summary>The silo that holds it.</summary>
    public GatewayRun Gateway { get; }

    /// <summary>Whether the connection has ended and its grain knows.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Tunnels that were opened on this connection and are open.</summary>
    public int OpenTunnels => _open;

    /// <summary>The peer has a node record; one that is equal to the last changes nothing.</summary>
    /// <param name="node">UTF-8 JSON that was accepted; copied if it is new.</param>
    public void UpdateNode(ReadOnlySpan<byte> node)
    {
        if (_node.Span.SequenceEqual(node))
            return;
        _node.Set(node);
        _nodeSequence = ++_sequence;
    }

    /// <summary>The peer opens a tunnel; whether it may is not asked here.</summary>
    public TunnelRefusal Open(Guid peer)
    {
        if (peer == Id)
            return TunnelRefusal.ToItself;
        var tunnel = _tunnels.Find(peer);
        if (tunnel is { IsOpen: true })
            return TunnelRefusal.None;
        if (_open >= _options.MaxTunnels || (tunnel is null && _tunnels.Count >= 2 * _options.MaxTunnels))
            return TunnelRefusal.TooMany;
        tunnel ??= AddTunnel(peer);
        (tunnel.Sequence, tunnel.IsOpen) = (++_sequence, true);
        _open++;
        return TunnelRefusal.None;
    }

    /// <summary>The peer closes a tunnel, also one that an earlier connection opened.</summary>
    public TunnelRefusal Close(Guid peer)
    {
        if (peer == Id)
            return TunnelRefusal.ToItself;
        var tunnel = _tunnels.Find(peer);
        if (tunnel is { IsOpen: false })
            return TunnelRefusal.None;
        if (tunnel is null && _tunnels.Count >= 2 * _options.MaxTunnels)
            return TunnelRefusal.TooMany;
        _open -= tunnel is null ? 0 : 1;
        tunnel ??= AddTunnel(peer);
        (tunnel.Sequence, tunnel.IsOpen) = (++_sequence, false);
        return TunnelRefusal.None;
    }

    /// <summary>The peer has no other tunnels than those that it opens after this, whatever earlier connections opened.</summary>
    public void CloseAll()
    {
        _closedBefore = ++_sequence;
        _open = 0;
        // What the grain has heard of is remembered until the store has this, as every closed tunnel: or a peer that says it again and again
        // would take more and more.
        _tunnels.RemoveWhere(static tunnel => !tunnel.IsReported);
        foreach (var tunnel in _tunnels.Values)
            (tunnel.Sequence, tunnel.IsOpen) = (_closedBefore, false);
    }

    /// <summary>The socket is closed; what is left is to tell the grain so, until it has heard it.</summary>
    public void End(bool isGoodbye)
    {
        if (_end != SessionEnd.None)
            return;
        _end = isGoodbye ? SessionEnd.Goodbye : SessionEnd.Broken;
        Reattach();
    }

    /// <summary>The peer has another one's node record and waits for a handshake.</summary>
    /// <returns>False when it said so of more peers than it can have tunnels with, and none of it is known to its grain yet.</returns>
    public bool Ready(Guid peer)
    {
        _ready ??= [];
        if (_slots.Find(peer) is null && _ready.Count >= _options.MaxTunnels && !_ready.ContainsKey(peer))
            return false;
        _ready[peer] = ++_sequence;
        return true;
    }

    private TunnelSlot AddTunnel(Guid peer)
    {
        var tunnel = new TunnelSlot(peer);
        _tunnels.Add(tunnel);
        return tunnel;
    }
}
