namespace Actors.Grains.Topics;

/// <summary>A node as Kafka clients reach it.</summary>
/// <param name="Host">The advertised host name or address.</param>
/// <param name="Port">The advertised port.</param>
public sealed record Broker(int NodeId, string Host, int Port);

/// <summary>The nodes that clients may be sent to.</summary>
public interface IBrokerDirectory
{
    /// <summary>Node id of this silo.</summary>
    int LocalNodeId { get; }

    /// <summary>Live nodes in the order of their ids; an immutable list that is swapped on change.</summary>
    IReadOnlyList<Broker> LiveBrokers { get; }

    /// <summary>The node that clients are told to send topic changes to.</summary>
    int ControllerId { get; }
}

/// <summary>The one node of a silo that runs alone.</summary>
public sealed class SingleBrokerDirectory(Broker local) : IBrokerDirectory
{
    private readonly Broker[] _brokers = [local];

    public int LocalNodeId => local.NodeId;
    public IReadOnlyList<Broker> LiveBrokers => _brokers;
    public int ControllerId => local.NodeId;
}
