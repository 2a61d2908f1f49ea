using System.Diagnostics.CodeAnalysis;
using Actors.Kafka.Messages;

namespace Actors.Kafka;

/// <summary>
/// Writes the body of a fetch response piece by piece, and says beforehand how long each piece will be, so that the records
/// in between can be copied from where they are leased to where they are sent.
/// </summary>
/// <remarks>
/// The pieces are, in this order: start; for each topic its start, for each of its partitions the start, the records and
/// the end, then the topic's end; then the end. Each <c>Write…</c> writes exactly the bytes that its <c>…Bytes</c>
/// announces. Together they are what <see cref="FetchResponse"/> writes. Between two pieces the caller may flush the
/// writer, write to its output directly, and begin a new writer.
/// </remarks>
public readonly struct FetchResponseFormat
{
    // Values of the tagged structs: their fields and their own empty tags.
    private const int DivergingEpochBytes = 13;
    private const int CurrentLeaderBytes = 9;

    private readonly short _version;
    private readonly bool _compact;

    /// <summary>The format of one version.</summary>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    public FetchResponseFormat(short version)
    {
        if (version < FetchResponse.LowestVersion || version > FetchResponse.HighestVersion)
        {
            UnsupportedVersionException.Throw(nameof(FetchResponse), version, FetchResponse.LowestVersion, FetchResponse.HighestVersion);
        }

        _version = version;
        _compact = version >= FetchResponse.FirstFlexibleVersion;
    }

    /// <summary>Size of what stands in front of the topics.</summary>
    public int StartBytes(int topicCount) =>
        (_version >= 1 ? 4 : 0) + (_version >= 7 ? 6 : 0) + KafkaSize.ArrayCount(topicCount, _compact);

    /// <summary>Writes what stands in front of the topics.</summary>
    public void WriteStart(ref KafkaWriter writer, int throttleTimeMs, ErrorCode errorCode, int sessionId, int topicCount)
    {
        if (_version >= 1)
        {
            writer.WriteInt32(throttleTimeMs);
        }

        if (_version >= 7)
        {
            writer.WriteInt16((short)errorCode);
            writer.WriteInt32(sessionId);
        }

        writer.WriteArrayCount(topicCount, _compact);
    }

    /// <summary>Size of a topic's start and end.</summary>
    public int TopicBytes(int nameBytes, int partitionCount) =>
        (_version >= 13 ? 16 : KafkaSize.Utf8(nameBytes, _compact))
        + KafkaSize.ArrayCount(partitionCount, _compact)
        + (_compact ? 1 : 0);

    /// <summary>Writes a topic's start: its name, from version 13 on its id, and the count of its partitions.</summary>
    public void WriteTopicStart(ref KafkaWriter writer, ReadOnlySpan<byte> nameUtf8, Guid topicId, int partitionCount)
    {
        if (_version >= 13)
        {
            writer.WriteUuid(topicId);
        }
        else
        {
            writer.WriteUtf8(nameUtf8, _compact);
        }

        writer.WriteArrayCount(partitionCount, _compact);
    }

    /// <summary>Writes a topic's end.</summary>
    public void WriteTopicEnd(ref KafkaWriter writer)
    {
        if (_compact)
        {
            writer.WriteUnsignedVarint(0);
        }
    }

    /// <summary>Size of a partition: its start, its records and its end.</summary>
    public long PartitionBytes(in FetchPartition partition)
    {
        var size = 14L;
        if (_version >= 4)
        {
            size += 8 + KafkaSize.ArrayCount(partition.AbortedTransactions?.Count ?? -1, _compact);
            size += (partition.AbortedTransactions?.Count ?? 0) * (_compact ? 17L : 16L);
        }

        size += _version >= 5 ? 8 : 0;
        size += _version >= 11 ? 4 : 0;
        size += partition.RecordsBytes < 0 ? (_compact ? 1 : 4) : KafkaSize.Bytes(partition.RecordsBytes, _compact);
        if (_compact)
        {
            size += 1;
            size += partition.HasDivergingEpoch ? DivergingEpochBytes + 2 : 0;
            size += partition.HasCurrentLeader ? CurrentLeaderBytes + 2 : 0;
        }

        return size;
    }

    /// <summary>Writes a partition's start, up to the records.</summary>
    /// <remarks>Exactly <see cref="FetchPartition.RecordsBytes"/> bytes of records follow, where that is not negative.</remarks>
    public void WritePartitionStart(ref KafkaWriter writer, in FetchPartition partition)
    {
        writer.WriteInt32(partition.Index);
        writer.WriteInt16((short)partition.ErrorCode);
        writer.WriteInt64(partition.HighWatermark);
        if (_version >= 4)
        {
            writer.WriteInt64(partition.LastStableOffset);
        }

        if (_version >= 5)
        {
            writer.WriteInt64(partition.LogStartOffset);
        }

        if (_version >= 4)
        {
            writer.WriteArrayCount(partition.AbortedTransactions?.Count ?? -1, _compact);
            foreach (var transaction in partition.AbortedTransactions ?? [])
            {
                transaction.Write(ref writer, _version);
            }
        }

        if (_version >= 11)
        {
            writer.WriteInt32(partition.PreferredReadReplica);
        }

        writer.WriteBytesLength(partition.RecordsBytes, _compact);
    }

    /// <summary>Writes a partition's end, behind the records.</summary>
    public void WritePartitionEnd(ref KafkaWriter writer, in FetchPartition partition)
    {
        if (!_compact)
        {
            return;
        }

        writer.WriteUnsignedVarint((partition.HasDivergingEpoch ? 1u : 0) + (partition.HasCurrentLeader ? 1u : 0));
        if (partition.HasDivergingEpoch)
        {
            writer.WriteTagHeader(0, DivergingEpochBytes);
            writer.WriteInt32(partition.DivergingEpoch);
            writer.WriteInt64(partition.DivergingEndOffset);
            writer.WriteUnsignedVarint(0);
        }

        if (partition.HasCurrentLeader)
        {
            writer.WriteTagHeader(1, CurrentLeaderBytes);
            writer.WriteInt32(partition.CurrentLeaderId);
            writer.WriteInt32(partition.CurrentLeaderEpoch);
            writer.WriteUnsignedVarint(0);
        }
    }

    /// <summary>Size of the end.</summary>
    /// <param name="endpoints">Where the leaders that were named are reached; written from version 16 on.</param>
    public int EndBytes([NotNull] IReadOnlyList<FetchResponse.NodeEndpoint> endpoints)
    {
        if (!_compact)
        {
            return 0;
        }

        return HasEndpoints(endpoints) ? 1 + (int)KafkaSize.TaggedField(0, Measure(endpoints)) : 1;
    }

    /// <summary>Writes the end.</summary>
    /// <inheritdoc cref="EndBytes" path="/param"/>
    public void WriteEnd(ref KafkaWriter writer, [NotNull] IReadOnlyList<FetchResponse.NodeEndpoint> endpoints)
    {
        if (!_compact)
        {
            return;
        }

        if (!HasEndpoints(endpoints))
        {
            writer.WriteUnsignedVarint(0);
            return;
        }

        writer.WriteUnsignedVarint(1);
        writer.WriteTagHeader(0, Measure(endpoints));
        writer.WriteArrayCount(endpoints.Count, compact: true);
        foreach (var endpoint in endpoints)
        {
            endpoint.Write(ref writer, _version);
        }
    }

    private bool HasEndpoints(IReadOnlyList<FetchResponse.NodeEndpoint> endpoints) => _version >= 16 && endpoints.Count > 0;

    private long Measure(IReadOnlyList<FetchResponse.NodeEndpoint> endpoints)
    {
        var size = (long)KafkaSize.ArrayCount(endpoints.Count, compact: true);
        foreach (var endpoint in endpoints)
        {
            size += endpoint.Measure(_version);
        }

        return size;
    }
}
