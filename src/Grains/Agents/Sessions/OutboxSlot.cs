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

    private NodeRoom _toldNode;

    public Guid Peer => peer;

    public PeerSight Sight { get; set; }

    public PeerVersion Version { get; set; }

    /// <summary>The node record that may have to be told: an array that nobody changes. Empty once it is told, or is the one that was.</summary>
    public ReadOnlyMemory<byte> Node { get; set; }

    public PeerVersion Ready { get; set; }

    public Told Last { get; private set; }

    public PeerVersion ToldReady { get; set; }

    /// <summary>Whether it is in the list of those of whom there may be something to tell.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The next in that list.</summary>
    public OutboxSlot? NextUntold { get; set; }

    /// <summary>Takes the node record that is to be told now; false when it is the one that was told last, and still stands.</summary>
    public bool TryTakeNode(out ReadOnlyMemory<byte> node)
    {
        (node, Node) = (Node, default);
        if (node.IsEmpty || (Last == Told.Node && _toldNode.Span.SequenceEqual(node.Span)))
            return false;
        Last = Told.Node;
        _toldNode.Set(node.Span);
        return true;
    }

    /// <summary>Something else was told, after which the node record that was told before does not stand any more.</summary>
    public void Tell(Told told)
    {
        Last = told;
        _toldNode = default;
    }
}
