namespace Actors.Grains.Agents;

/// <summary>How a peer is seen by another.</summary>
public enum PeerSight
{
    /// <summary>There is a tunnel, and nothing new to say.</summary>
    Nothing,

    /// <summary>It has a node record.</summary>
    Node,

    /// <summary>Its connection broke, or the silo that held it has ended.</summary>
    Lost,

    /// <summary>It said goodbye.</summary>
    Gone,

    /// <summary>There is no tunnel with it any more.</summary>
    Unlinked,
}
