using Orleans;

namespace Actors.Grains.Topics;

/// <summary>Who holds and who leads one partition. Changed only by compare-and-set on both epochs.</summary>
[GenerateSerializer, Immutable, Alias("actors.partitions.row")]
public sealed record PartitionRow
{
    /// <summary>The <see cref="LeaderId"/> of a partition that nobody leads.</summary>
    public const int NoLeader = -1;

    [Id(0)]
    public required Guid TopicId { get; init; }

    /// <summary>0 to partition count - 1.</summary>
    [Id(1)]
    public required int Index { get; init; }

    /// <summary>Node ids in the order of preference; the first one is the preferred leader.</summary>
    [Id(2)]
    public required IReadOnlyList<int> Replicas { get; init; }

    /// <summary>Node id of the leader, or <see cref="NoLeader"/>.</summary>
    [Id(3)]
    public required int LeaderId { get; init; }

    /// <summary>Grows with every change of the leader or of its incarnation; stamped into every batch.</summary>
    [Id(4)]
    public required int LeaderEpoch { get; init; }

    /// <summary>The process start of the leader that may append under <see cref="LeaderEpoch"/>.</summary>
    [Id(5)]
    public required long LeaderIncarnation { get; init; }

    /// <summary>Members that hold everything below the high watermark; never empty, a subset of <see cref="Replicas"/>.</summary>
    [Id(6)]
    public required IReadOnlyList<int> InSyncReplicas { get; init; }

    /// <summary>Grows with every change of this row.</summary>
    [Id(7)]
    public required int PartitionEpoch { get; init; }
}
