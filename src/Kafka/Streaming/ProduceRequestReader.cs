using Actors.Kafka.Messages;

namespace Actors.Kafka;

/// <summary>Walks over the partitions of a produce request where it stands, without allocating.</summary>
/// <remarks>
/// <code>
/// var request = new ProduceRequestReader(body, version);
/// while (request.ReadTopic())
///     while (request.ReadPartition())
///         … request.PartitionIndex, request.Records …
/// if (request.HasFailed) …
/// </code>
/// It accepts exactly what <see cref="ProduceRequest"/> accepts, and what is malformed may come after partitions that were
/// walked over already: who must not act on half a request walks twice. All memory belongs to the frame.
/// </remarks>
public ref struct ProduceRequestReader
{
    private readonly bool _compact;
    private readonly bool _hasTopicIds;
    private KafkaReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private Position _position;

    /// <summary>A walker in front of the first topic.</summary>
    /// <param name="body">The request without its header.</param>
    /// <param name="version">The request's version.</param>
    /// <param name="maxElements">How many topics and partitions the request may have together.</param>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    public ProduceRequestReader(ReadOnlyMemory<byte> body, short version, int maxElements = KafkaReader.DefaultMaxElements)
    {
        if (version < ProduceRequest.LowestVersion || version > ProduceRequest.HighestVersion)
        {
            UnsupportedVersionException.Throw(nameof(ProduceRequest), version, ProduceRequest.LowestVersion, ProduceRequest.HighestVersion);
        }

        _compact = version >= ProduceRequest.FirstFlexibleVersion;
        _hasTopicIds = version >= 13;
        _reader = new KafkaReader(body, maxElements);
        if (version >= 3)
        {
            TransactionalIdUtf8 = _reader.ReadUtf8(_compact, nullable: true, out var isNull);
            IsTransactional = !isNull;
        }

        Acks = _reader.ReadInt16();
        TimeoutMs = _reader.ReadInt32();
        _topicsLeft = _reader.ReadArrayCount(_compact, nullable: false, MinimalTopicBytes);
    }

    private enum Position
    {
        InRequest,
        InTopic,
        Ended,
    }

    /// <summary>Whether the request has a transactional id.</summary>
    public bool IsTransactional { get; }

    /// <summary>The transactional id in UTF-8; empty where there is none.</summary>
    public ReadOnlyMemory<byte> TransactionalIdUtf8 { get; }

    /// <summary>-1: all in-sync replicas, 1: the leader, 0: no answer. Other values are the caller's to refuse.</summary>
    public short Acks { get; }

    /// <summary>How long the client waits for the replicas.</summary>
    public int TimeoutMs { get; }

    /// <summary>The current topic's name in UTF-8; empty from version 13 on.</summary>
    public ReadOnlyMemory<byte> TopicNameUtf8 { get; private set; }

    /// <summary>The current topic's id; empty below version 13.</summary>
    public Guid TopicId { get; private set; }

    /// <summary>How many partitions the current topic has.</summary>
    public int PartitionCount { get; private set; }

    /// <summary>The current partition's number; as the client sent it.</summary>
    public int PartitionIndex { get; private set; }

    /// <summary>Whether the current partition has records at all, perhaps 0 bytes of them.</summary>
    public bool HasRecords { get; private set; }

    /// <summary>The current partition's record batches; empty where there are none.</summary>
    public ReadOnlyMemory<byte> Records { get; private set; }

    /// <summary>Whether the request is malformed.</summary>
    public readonly bool HasFailed => _reader.HasFailed;

    /// <summary>What is malformed, or <see cref="Malformation.None"/>.</summary>
    public readonly Malformation Failure => _reader.Failure;

    /// <summary>Where the problem was noticed: bytes from the start of the body.</summary>
    public readonly int FailurePosition => _reader.FailurePosition;

    private readonly int MinimalTopicBytes => (_compact, _hasTopicIds) switch
    {
        (true, true) => 18,
        (true, false) => 3,
        _ => 6,
    };

    /// <summary>Goes to the next topic, over what is left of the one before.</summary>
    /// <returns>False behind the last topic, or when the request is malformed.</returns>
    public bool ReadTopic()
    {
        while (_position == Position.InTopic && ReadPartition())
        {
            // Partitions that nobody asked for.
        }

        if (_position == Position.Ended || HasFailed)
        {
            return false;
        }

        if (_topicsLeft == 0)
        {
            _position = Position.Ended;
            SkipTags();
            return false;
        }

        _topicsLeft--;
        if (_hasTopicIds)
        {
            TopicId = _reader.ReadUuid();
        }
        else
        {
            TopicNameUtf8 = _reader.ReadUtf8(_compact, nullable: false, out _);
        }

        PartitionCount = _reader.ReadArrayCount(_compact, nullable: false, _compact ? 6 : 8);
        _partitionsLeft = PartitionCount;
        _position = Position.InTopic;
        return !HasFailed;
    }

    /// <summary>Goes to the current topic's next partition.</summary>
    /// <returns>False behind the topic's last partition, or when the request is malformed.</returns>
    public bool ReadPartition()
    {
        if (_position != Position.InTopic || HasFailed)
        {
            return false;
        }

        if (_partitionsLeft == 0)
        {
            _position = Position.InRequest;
            SkipTags();
            return false;
        }

        _partitionsLeft--;
        PartitionIndex = _reader.ReadInt32();
        var records = _reader.ReadNullableBytes(_compact);
        HasRecords = records is not null;
        Records = records.GetValueOrDefault();
        SkipTags();
        return !HasFailed;
    }

    private void SkipTags()
    {
        if (_compact)
        {
            _reader.SkipTaggedFields();
        }
    }
}
