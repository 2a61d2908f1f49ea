namespace Actors.Grains.Agents;

/// <summary>A tunnel that a connection has said something of.</summary>
internal sealed class TunnelSlot(Guid peer) : IPeerItem
{
    public Guid Peer => peer;

    /// <summary>When that was, among all that the connection said.</summary>
    public long Sequence { get; set; }

    public bool IsOpen { get; set; }

    /// <summary>Whether the grain may have heard anything of it from this connection.</summary>
    public bool IsReported { get; set; }
}
