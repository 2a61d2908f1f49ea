using Actors.Grains.Topics;
using Microsoft.Extensions.Logging;
using Orleans;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Partitions;

/// <summary>Asks a partition's grain to open the replica that nobody has touched yet.</summary>
public sealed partial class ReplicaOpener(
    ReplicaRegistry registry, IBrokerDirectory brokers, IGrainFactory grains, ILogger<ReplicaOpener> logger) : IReplicaOpener
{
    /// <inheritdoc/>
    public ValueTask<ErrorCode> OpenAsync(CatalogTopic topic, int partition, CancellationToken token)
    {
        var id = new PartitionId(topic.Id, partition);
        if (registry.TryGet(id, out _))
            return new(ErrorCode.None);
        if (!topic.TryGetPartition(partition, out var row))
            return new(ErrorCode.UnknownTopicOrPartition);
        return row.LeaderId == brokers.LocalNodeId ? AskGrainAsync(id, token) : new(ErrorCode.NotLeaderOrFollower);
    }

    private async ValueTask<ErrorCode> AskGrainAsync(PartitionId partition, CancellationToken token)
    {
        var grain = grains.GetGrain<IPartitionGrain>(partition.GrainKey(brokers.LocalNodeId));
        try
        {
            return (ErrorCode)await grain.Open().WaitAsync(token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
        {
            // Busy, stopping or a defect: nothing was appended, and every client tries again after this answer.
            LogOpenFailed(logger, partition, failure);
            return ErrorCode.NotLeaderOrFollower;
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "Partition {Partition} could not be opened.")]
    private static partial void LogOpenFailed(ILogger logger, PartitionId partition, Exception failure);
}
