using Actors.Grains.Topics;
using Actors.Log;
using Actors.Placement;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Partitions;

/// <summary>
/// Owns one replica: opens its log on the first touch, registers it for the data path, applies retention, closes it. It has a
/// timer only while there is something that will expire.
/// </summary>
[NodeInKeyPlacement, GrainType("partition"), KeepAlive]
public sealed partial class PartitionGrain(
    TopicCatalog catalog,
    PartitionLogs logs,
    ReplicaRegistry registry,
    ReplicaServices services,
    IBrokerDirectory brokers,
    ILogger<PartitionGrain> logger) : Grain, IPartitionGrain
{
    /// <summary>The longest that a timer is set for.</summary>
    private static readonly TimeSpan MaxRetentionPause = TimeSpan.FromDays(30);

    private PartitionId _partition;
    private Replica? _replica;
    private IGrainTimer? _retentionTimer;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        return PartitionId.TryParseGrainKey(key, out _partition, out var nodeId) && nodeId == brokers.LocalNodeId
            ? Task.CompletedTask
            : throw new ArgumentException($"'{key}' is not the key of a partition on node {brokers.LocalNodeId}.");
    }

    public async Task<short> Open()
    {
        if (_replica is { IsClosed: false })
            return (short)ErrorCode.None;
        if (FindRow(out var topic, out var row) is var error and not ErrorCode.None)
            return (short)error;
        try
        {
            var (logId, isNew) = await logs.EnsureAsync(topic, row.Index);
            if (FindRow(out topic, out row) is var laterError and not ErrorCode.None)
            {
                // A missing row is no reason to delete records: only the empty log that this call has made goes again.
                if (isNew)
                    await logs.DeleteUnusedAsync(_partition);
                return (short)laterError;
            }

            var self = this.AsReference<IPartitionGrain>();
            _replica = Replica.Open(logs.Store, logId, topic, row, services, () => _ = AskForRetentionAsync(self));
        }
        catch (Exception failure) when (failure is IOException or LogNotFoundException or LogInUseException or StaleLeaderEpochException)
        {
            LogOpenFailed(logger, _partition, failure);
            return (short)ErrorCode.KafkaStorageError;
        }

        registry.Add(_replica);
        if (_replica.HighWatermark > _replica.LogStartOffset)
            await WatchRetention();
        return (short)ErrorCode.None;
    }

    public Task<PartitionDescription> Describe()
    {
        if (_replica is not { IsClosed: false } replica)
            return Task.FromResult(new PartitionDescription());
        var figures = replica.Describe();
        return Task.FromResult(new PartitionDescription
        {
            IsOpen = true,
            LeaderEpoch = figures.LeaderEpoch,
            LogStartOffset = figures.LogStartOffset,
            HighWatermark = figures.HighWatermark,
            LogEndOffset = figures.LogEndOffset,
            SizeBytes = figures.SizeBytes,
            ProducerCount = figures.ProducerCount,
            Failure = figures.Failure,
        });
    }

    public Task Close()
    {
        Release();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task WatchRetention()
    {
        if (_replica is { IsClosed: false })
            _retentionTimer ??= LookAgainIn(services.RetentionCheckInterval);
        return Task.CompletedTask;
    }

    public async Task ApplyRetention()
    {
        if (_replica is not { IsClosed: false } replica)
            return;
        _retentionTimer?.Dispose();
        _retentionTimer = null;
        var keepFrom = replica.FindRetention(out var dueInMs);
        if (keepFrom > 0 && keepFrom > replica.LogStartOffset)
        {
            var (error, startOffset) = await replica.DeleteRecordsAsync(keepFrom);
            LogRetained(logger, _partition, startOffset, error);
            if (error == ErrorCode.None)
                replica.FindRetention(out dueInMs);
            else
                dueInMs = 0;
        }

        if (dueInMs is { } due)
            _retentionTimer = LookAgainIn(PauseOf(due));
        else
            replica.AskForRetentionAtNextAppend();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Release();
        return Task.CompletedTask;
    }

    /// <summary>Called by the data path, seldom. When the grain cannot take the call, the next one is soon enough.</summary>
    private async Task AskForRetentionAsync(IPartitionGrain self)
    {
        try
        {
            await self.WatchRetention();
        }
        catch (Exception failure)
        {
            LogRetentionDelayed(logger, _partition, failure);
        }
    }

    private TimeSpan PauseOf(long dueInMs) =>
        dueInMs >= MaxRetentionPause.TotalMilliseconds ? MaxRetentionPause
        : dueInMs <= services.RetentionCheckInterval.TotalMilliseconds ? services.RetentionCheckInterval
        : TimeSpan.FromMilliseconds(dueInMs);

    private IGrainTimer LookAgainIn(TimeSpan pause) =>
        this.RegisterGrainTimer(ApplyRetention, new GrainTimerCreationOptions(pause, Timeout.InfiniteTimeSpan));

    private ErrorCode FindRow(out CatalogTopic topic, out PartitionRow row)
    {
        row = null!;
        if (!catalog.Current.TryGet(_partition.TopicId, out topic!) || !topic.TryGetPartition(_partition.Index, out row!))
            return ErrorCode.UnknownTopicOrPartition;
        return row.LeaderId == brokers.LocalNodeId ? ErrorCode.None : ErrorCode.NotLeaderOrFollower;
    }

    private void Release()
    {
        _retentionTimer?.Dispose();
        _retentionTimer = null;
        if (_replica is not { } replica)
            return;
        _replica = null;
        registry.Remove(replica);
        replica.Dispose();
    }

    [LoggerMessage(2111, LogLevel.Error, "Partition {Partition}: its log cannot be opened.")]
    private static partial void LogOpenFailed(ILogger logger, PartitionId partition, Exception failure);

    [LoggerMessage(2113, LogLevel.Warning, "Partition {Partition}: retention could not be applied now.")]
    private static partial void LogRetentionDelayed(ILogger logger, PartitionId partition, Exception failure);

    [LoggerMessage(2112, LogLevel.Information, "Partition {Partition}: retention moved the first offset to {StartOffset} ({Error}).")]
    private static partial void LogRetained(ILogger logger, PartitionId partition, long startOffset, ErrorCode error);
}
