namespace Actors.Grains.Agents;

/// <summary>
/// The newest announcement of a peer, as a <see cref="PeerMachine"/> keeps it: an <see cref="Announcement"/> that is changed in place, and whose
/// node record stays where it is in memory.
/// </summary>
internal sealed class KeptAnnouncement
{
    private NodeRoom _node;
    private ReadOnlyMemory<byte> _message;

    public PeerVersion Version { get; private set; }

    public GatewayRun Gateway { get; private set; }

    public PeerKind Kind => Version.Kind;

    /// <inheritdoc cref="Announcement.IsLive"/>
    public bool IsLive => Version.IsLive;

    /// <summary>Bytes of its node record; 0 when it has none.</summary>
    public int NodeBytes => _node.Length;

    /// <summary>
    /// The node record for a message. Until <see cref="Settle"/> it is the array with which it came, which nobody changes; later each message
    /// gets one of its own.
    /// </summary>
    public ReadOnlyMemory<byte> Node => _message.IsEmpty ? _node.Copy() : _message;

    /// <summary>Replaces it.</summary>
    public void Set(PeerVersion version, GatewayRun gateway, ReadOnlyMemory<byte> node = default)
    {
        (Version, Gateway) = (version, gateway);
        _node.Set(node.Span);
        _message = node;
    }

    /// <summary>The connection has ended without a goodbye; its node record is of no use any more.</summary>
    public void Lose() => Set(Version with { Sequence = PeerVersion.LostSequence }, Gateway);

    /// <summary>There is no tunnel any more: nothing is kept.</summary>
    public void Forget() => Set(default, default);

    /// <summary>The messages that a new one causes are made: the array with which it came is let go.</summary>
    public void Settle() => _message = default;

    /// <summary>Takes the node record away.</summary>
    public NodeRoom TakeNode()
    {
        var node = _node;
        (_node, _message) = (default, default);
        return node;
    }

    /// <summary>The same as a message.</summary>
    /// <param name="isNodeOmitted">Whether the receiver is believed to have the node record.</param>
    public Announcement ToMessage(bool isNodeOmitted = false) => new()
    {
        Version = Version,
        Gateway = Gateway,
        Node = isNodeOmitted ? default : Node,
        IsNodeOmitted = isNodeOmitted,
    };
}
