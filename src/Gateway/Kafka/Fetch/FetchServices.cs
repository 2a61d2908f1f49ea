using Actors.Grains;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;

namespace Actors.Gateway.Kafka;

/// <summary>What the fetch path needs of the silo.</summary>
public sealed class FetchServices(
    TopicCatalog catalog,
    ReplicaRegistry replicas,
    IReplicaOpener opener,
    IBrokerDirectory brokers,
    FetchSessionCache sessions,
    TimerWheel wheel,
    OutageLog outages,
    KafkaGatewayOptions options)
{
    internal TopicCatalog Catalog { get; } = catalog;
    internal ReplicaRegistry Replicas { get; } = replicas;
    internal IReplicaOpener Opener { get; } = opener;
    internal IBrokerDirectory Brokers { get; } = brokers;
    internal FetchSessionCache Sessions { get; } = sessions;
    internal TimerWheel Wheel { get; } = wheel;
    internal OutageLog Outages { get; } = outages;
    internal KafkaGatewayOptions Options { get; } = options;

    /// <summary>Memory for records that clients have not taken yet.</summary>
    internal ByteBudget Leaving { get; } = new(options.MaxLeavingBytes);
}
