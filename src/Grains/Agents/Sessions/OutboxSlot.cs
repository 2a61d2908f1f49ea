namespace Actors.Grains.Agents;

/// <summary>One peer, as a socket's peer may see it, and what it was told of it.</summary>
internal sealed class OutboxSlot(Guid peer) : IPeerItem
{
    /// <summary>What was told on this socket and still stands.</summary>
    public enum Told : byte
    {
        Nothing,
        Node,
        Lost,
    }

    public Guid Peer => peer;

    public PeerSight Sight { get; set; }

    public PeerVersion Version { get; set; }

    public ReadOnlyMemory<byte> Node { get; set; }

    public PeerVersion Ready { get; set; }

    public Told Last { get; set; }

    /// <summary>The node record that was told last.</summary>
    public ReadOnlyMemory<byte> ToldNode { get; set; }

    public PeerVersion ToldReady { get; set; }

    /// <summary>Whether it is in the list of those of whom there may be something to tell.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The next in that list.</summary>
    public OutboxSlot? NextUntold { get; set; }
}
