using System.Diagnostics.CodeAnalysis;
using Actors.Kafka.Messages;

namespace Actors.Kafka;

/// <summary>Writes the body of a produce response piece by piece, and says beforehand how long each piece will be.</summary>
/// <remarks>
/// The pieces are, in this order: start, then for each topic its start, its partitions and its end, then the end. Each
/// <c>Write…</c> writes exactly the bytes that its <c>…Bytes</c> announces. Together they are what
/// <see cref="ProduceResponse"/> writes, without an object for each partition.
/// </remarks>
public readonly struct ProduceResponseFormat
{
    // The value of the tagged struct: two int32 and its own empty tags.
    private const int CurrentLeaderBytes = 9;

    private readonly short _version;
    private readonly bool _compact;

    /// <summary>The format of one version.</summary>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    public ProduceResponseFormat(short version)
    {
        if (version < ProduceResponse.LowestVersion || version > ProduceResponse.HighestVersion)
        {
            UnsupportedVersionException.Throw(nameof(ProduceResponse), version, ProduceResponse.LowestVersion, ProduceResponse.HighestVersion);
        }

        _version = version;
        _compact = version >= ProduceResponse.FirstFlexibleVersion;
    }

    /// <summary>Size of the count of topics.</summary>
    public int StartBytes(int topicCount) => KafkaSize.ArrayCount(topicCount, _compact);

    /// <summary>Writes the count of topics.</summary>
    public void WriteStart(ref KafkaWriter writer, int topicCount) => writer.WriteArrayCount(topicCount, _compact);

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
    public void WriteTopicEnd(ref KafkaWriter writer) => WriteNoTags(ref writer);

    /// <summary>Size of a partition.</summary>
    /// <exception cref="MessageEncodingException">A text has more than 32,767 bytes.</exception>
    public int PartitionBytes(in ProducePartition partition)
    {
        var size = 14;
        size += _version >= 2 ? 8 : 0;
        size += _version >= 5 ? 8 : 0;
        if (_version >= 8)
        {
            size += KafkaSize.ArrayCount(partition.RecordErrors?.Count ?? 0, _compact);
            foreach (var error in partition.RecordErrors ?? [])
            {
                size += (int)error.Measure(_version);
            }

            size += KafkaSize.NullableString(partition.ErrorMessage, _compact);
        }

        size += _compact ? 1 : 0;
        return size + (_version >= 10 && partition.HasCurrentLeader ? CurrentLeaderBytes + 2 : 0);
    }

    /// <summary>Writes a partition.</summary>
    /// <inheritdoc cref="PartitionBytes" path="/exception"/>
    public void WritePartition(ref KafkaWriter writer, in ProducePartition partition)
    {
        writer.WriteInt32(partition.Index);
        writer.WriteInt16((short)partition.ErrorCode);
        writer.WriteInt64(partition.BaseOffset);
        if (_version >= 2)
        {
            writer.WriteInt64(partition.LogAppendTimeMs);
        }

        if (_version >= 5)
        {
            writer.WriteInt64(partition.LogStartOffset);
        }

        if (_version >= 8)
        {
            writer.WriteArrayCount(partition.RecordErrors?.Count ?? 0, _compact);
            foreach (var error in partition.RecordErrors ?? [])
            {
                error.Write(ref writer, _version);
            }

            writer.WriteNullableString(partition.ErrorMessage, _compact);
        }

        if (_version >= 10 && partition.HasCurrentLeader)
        {
            writer.WriteUnsignedVarint(1);
            writer.WriteTagHeader(0, CurrentLeaderBytes);
            writer.WriteInt32(partition.CurrentLeaderId);
            writer.WriteInt32(partition.CurrentLeaderEpoch);
        }

        // The end of the current leader where there is one, else that of the partition.
        WriteNoTags(ref writer);
    }

    /// <summary>Size of the end.</summary>
    /// <param name="endpoints">Where the leaders that were named are reached; written from version 10 on.</param>
    public int EndBytes([NotNull] IReadOnlyList<ProduceResponse.NodeEndpoint> endpoints)
    {
        var size = _version >= 1 ? 4 : 0;
        size += _compact ? 1 : 0;
        return _version >= 10 && endpoints.Count > 0 ? size + (int)KafkaSize.TaggedField(0, Measure(endpoints)) : size;
    }

    /// <summary>Writes the end.</summary>
    /// <inheritdoc cref="EndBytes" path="/param"/>
    public void WriteEnd(ref KafkaWriter writer, int throttleTimeMs, [NotNull] IReadOnlyList<ProduceResponse.NodeEndpoint> endpoints)
    {
        if (_version >= 1)
        {
            writer.WriteInt32(throttleTimeMs);
        }

        if (_version >= 10 && endpoints.Count > 0)
        {
            writer.WriteUnsignedVarint(1);
            writer.WriteTagHeader(0, Measure(endpoints));
            writer.WriteArrayCount(endpoints.Count, compact: true);
            foreach (var endpoint in endpoints)
            {
                endpoint.Write(ref writer, _version);
            }
        }
        else
        {
            WriteNoTags(ref writer);
        }
    }

    private long Measure(IReadOnlyList<ProduceResponse.NodeEndpoint> endpoints)
    {
        var size = (long)KafkaSize.ArrayCount(endpoints.Count, compact: true);
        foreach (var endpoint in endpoints)
        {
            size += endpoint.Measure(_version);
        }

        return size;
    }

    private void WriteNoTags(ref KafkaWriter writer)
    {
        if (_compact)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
