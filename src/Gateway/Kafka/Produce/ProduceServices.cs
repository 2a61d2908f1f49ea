using Actors.Grains;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Log;

namespace Actors.Gateway.Kafka;

/// <summary>What the produce path needs of the silo.</summary>
public sealed record ProduceServices(TopicCatalog Catalog, IBrokerDirectory Brokers, ReplicaRegistry Replicas, IReplicaOpener Opener, LogStore Log, TimeProvider Time);
