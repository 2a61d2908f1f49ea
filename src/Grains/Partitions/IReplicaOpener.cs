using Actors.Grains.Topics;
using Actors.Kafka;

namespace Actors.Grains.Partitions;

/// <summary>Opens a replica of this silo when somebody touches its partition for the first time.</summary>
public interface IReplicaOpener
{
    /// <summary>Asks the partition's grain to open its replica; what is open already is found in the <see cref="ReplicaRegistry"/>.</summary>
    /// <param name="topic">The topic as the caller's snapshot has it.</param>
    /// <param name="partition">An index that the topic has.</param>
    /// <param name="token">Ends the wait, not the opening.</param>
    /// <returns>None when the registry has the replica now, else why it has not, as the client is told.</returns>
    ValueTask<ErrorCode> OpenAsync(CatalogTopic topic, int partition, CancellationToken token);
}
