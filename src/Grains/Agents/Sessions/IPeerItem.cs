namespace Actors.Grains.Agents;

/// <summary>Something that is kept of a peer, in a <see cref="PeerMap{T}"/>.</summary>
internal interface IPeerItem
{
    /// <summary>The peer; it never changes.</summary>
    Guid Peer { get; }
}
