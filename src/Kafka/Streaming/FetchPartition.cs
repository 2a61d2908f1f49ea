using Actors.Kafka.Messages;

namespace Actors.Kafka;

/// <summary>What a fetch response says about one partition beside its records, for <see cref="FetchResponseFormat"/>.</summary>
/// <remarks>Fields that the version lacks are left out.</remarks>
public readonly record struct FetchPartition()
{
    /// <summary>The partition's number.</summary>
    public int Index { get; init; }

    /// <summary>The outcome.</summary>
    public ErrorCode ErrorCode { get; init; }

    /// <summary>The first offset that consumers do not see yet; -1 on an error.</summary>
    public long HighWatermark { get; init; } = -1;

    /// <summary>The first offset of a transaction that is still open, else the high watermark.</summary>
    public long LastStableOffset { get; init; } = -1;

    /// <summary>The partition's first offset.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>The transactions that were aborted among the records; null where the reader did not ask.</summary>
    public IReadOnlyList<FetchResponse.AbortedTransaction>? AbortedTransactions { get; init; }

    /// <summary>The node to read from instead; -1 for none.</summary>
    public int PreferredReadReplica { get; init; } = -1;

    /// <summary>The epoch at which the reader's log diverges (KIP-595); -1 to tell nothing.</summary>
    public int DivergingEpoch { get; init; } = -1;

    /// <summary>The end offset of that epoch; -1 to tell nothing.</summary>
    public long DivergingEndOffset { get; init; } = -1;

    /// <summary>The node that leads, told with NOT_LEADER_OR_FOLLOWER (KIP-951); -1 to tell nothing.</summary>
    public int CurrentLeaderId { get; init; } = -1;

    /// <summary>The leader's epoch; -1 to tell nothing.</summary>
    public int CurrentLeaderEpoch { get; init; } = -1;

    /// <summary>The size of the records that the caller writes; -1 for null.</summary>
    public int RecordsBytes { get; init; }

    internal bool HasDivergingEpoch => DivergingEpoch != -1 || DivergingEndOffset != -1;

    internal bool HasCurrentLeader => CurrentLeaderId != -1 || CurrentLeaderEpoch != -1;
}
