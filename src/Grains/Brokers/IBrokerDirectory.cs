namespace Actors.Grains;

/// <summary>The nodes that clients may be sent to.</summary>
public interface IBrokerDirectory
{
    /// <summary>Node id of this silo.</summary>
    int LocalNodeId { get; }

    /// <summary>Live nodes in the order of their ids; an immutable list that is swapped on change.</summary>
    IReadOnlyList<Broker> LiveBrokers { get; }

    /// <summary>The node that clients are told to send topic changes to; any other takes them as well.</summary>
    int ControllerId { get; }
}
