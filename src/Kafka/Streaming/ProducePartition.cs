using Actors.Kafka.Messages;

namespace Actors.Kafka;

/// <summary>The outcome of one partition of a produce request, for <see cref="ProduceResponseFormat"/>.</summary>
/// <remarks>Fields that the version lacks are left out.</remarks>
public readonly record struct ProducePartition()
{
    /// <summary>The partition's number.</summary>
    public int Index { get; init; }

    /// <summary>The outcome.</summary>
    public ErrorCode ErrorCode { get; init; }

    /// <summary>The offset of the first record; -1 on an error.</summary>
    public long BaseOffset { get; init; } = -1;

    /// <summary>The broker's time for the records, in milliseconds since 1970; -1 where the client's times stand.</summary>
    public long LogAppendTimeMs { get; init; } = -1;

    /// <summary>The partition's first offset; -1 when not known.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>Which batches or records were refused; null for none.</summary>
    public IReadOnlyList<ProduceResponse.BatchIndexAndErrorMessage>? RecordErrors { get; init; }

    /// <summary>A sentence about the error, or null.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The node that leads, told with NOT_LEADER_OR_FOLLOWER (KIP-951); -1 to tell nothing.</summary>
    public int CurrentLeaderId { get; init; } = -1;

    /// <summary>The leader's epoch; -1 to tell nothing.</summary>
    public int CurrentLeaderEpoch { get; init; } = -1;

    internal bool HasCurrentLeader => CurrentLeaderId != -1 || CurrentLeaderEpoch != -1;
}
