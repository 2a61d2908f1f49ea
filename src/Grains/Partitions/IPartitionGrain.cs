using Orleans;

namespace Actors.Grains.Partitions;

/// <summary>
/// The control of one partition's replica on one node; its key is <see cref="PartitionId.GrainKey"/>. Records never pass
/// through it.
/// </summary>
[Alias("actors.partition")]
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>Opens the replica if this node leads the partition. Opening an open one does nothing.</summary>
    /// <returns>Kafka's error code; 0 when the replica is in the silo's registry.</returns>
    [Alias("open")]
    Task<short> Open();

    /// <summary>Figures of the replica; one that is not open is not opened.</summary>
    [Alias("describe")]
    Task<PartitionDescription> Describe();

    /// <summary>Closes the replica and ends the activation. Nothing durable is lost; the next touch opens it again.</summary>
    [Alias("close")]
    Task Close();

    /// <summary>There may be something to delete: looks after a while, unless that is planned already.</summary>
    [Alias("watch")]
    Task WatchRetention();

    /// <summary>Deletes the segments that retention lets go of now, and plans the next look.</summary>
    [Alias("retain")]
    Task ApplyRetention();
}

/// <summary>Figures of one partition's replica on one node.</summary>
[GenerateSerializer, Immutable, Alias("actors.partition.description")]
public sealed record PartitionDescription
{
    [Id(0)] public bool IsOpen { get; init; }
    [Id(1)] public int LeaderEpoch { get; init; } = -1;
    [Id(2)] public long LogStartOffset { get; init; } = -1;
    [Id(3)] public long HighWatermark { get; init; } = -1;
    [Id(4)] public long LogEndOffset { get; init; } = -1;
    [Id(5)] public long SizeBytes { get; init; }
    [Id(6)] public int ProducerCount { get; init; }

    /// <summary>Why the replica takes no records any more; null when all is well.</summary>
    [Id(7)] public string? Failure { get; init; }
}
