using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

/// <summary>Where a client reads on, and which history it believes in.</summary>
/// <param name="Offset">First record wanted.</param>
/// <param name="CurrentLeaderEpoch">Epoch of the leader that the client thinks it talks to; -1 when it does not say.</param>
/// <param name="LastFetchedEpoch">Epoch of the last record that the client has; -1 when it does not say (KIP-320, KIP-595).</param>
public readonly record struct FetchPosition(
    long Offset, int CurrentLeaderEpoch = RecordBatch.NoLeaderEpoch, int LastFetchedEpoch = RecordBatch.NoLeaderEpoch);

/// <summary>What a replica says to a fetch before anything is read: one consistent moment.</summary>
public readonly record struct FetchSnapshot
{
    public ErrorCode Error { get; init; }

    /// <summary>Consumers see what is below; -1 on an error that says nothing of it.</summary>
    public long HighWatermark { get; init; }

    /// <summary>Readers of committed records see what is below; never above <see cref="HighWatermark"/>.</summary>
    public long LastStableOffset { get; init; }

    /// <summary>First offset that the partition still has.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>When its epoch is not -1: the client's history differs from here on; it truncates to this point and reads nothing.</summary>
    public EpochEnd Diverging { get; init; }

    /// <summary>Whether the client's history differs.</summary>
    public bool IsDiverging => Diverging.IsDefined;

    /// <summary>Bytes that were ever appended in this life of the replica: two snapshots tell how much came between.</summary>
    public long AppendedBytes { get; init; }
}

/// <summary>The answer to one look-up of an offset.</summary>
/// <param name="Offset">-1 when there is none.</param>
/// <param name="TimestampMs">Timestamp of the record that was found, in milliseconds since 1970; else -1.</param>
/// <param name="LeaderEpoch">Epoch of the record at the offset; -1 when it is not known.</param>
public readonly record struct OffsetAnswer(
    ErrorCode Error, long Offset = -1, long TimestampMs = RecordBatch.NoTimestamp, int LeaderEpoch = RecordBatch.NoLeaderEpoch)
{
    // The special timestamps of ListOffsets.
    public const long Latest = -1;
    public const long Earliest = -2;
    public const long MaxTimestamp = -3;
    public const long EarliestLocal = -4;
    public const long LatestTiered = -5;
}
