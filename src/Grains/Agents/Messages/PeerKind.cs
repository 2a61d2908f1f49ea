namespace Actors.Grains.Agents;

/// <summary>What an announcement says.</summary>
public enum PeerKind
{
    /// <summary>Nothing is known of the peer.</summary>
    Absent,

    /// <summary>It has a connection and has not announced a node record in it.</summary>
    Connected,

    /// <summary>It has a connection and this node record.</summary>
    Node,

    /// <summary>Its connection broke, or the silo that held it has ended.</summary>
    Lost,

    /// <summary>It said goodbye.</summary>
    Gone,
}
