using System.Runtime.InteropServices;
using Actors.Grains.Partitions;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>A produce request and its answer, which is ready when every partition in it has one. Used again and again by its connection.</summary>
/// <remarks>
/// Filled by the connection's reader; completed by whatever thread completes the last partition; written by the ring. An exchange
/// whose answer went out as a time-out stays with the replica and is not used again.
/// </remarks>
internal sealed class ProduceExchange(ResponseRing ring, Action<ProduceExchange> noAnswerWanted) : Exchange
{
    private readonly List<ProduceEntry> _entries = [];
    private readonly List<(ReadOnlyMemory<byte> NameUtf8, int Partitions)> _topics = [];
    private int _entryCount;
    private int _unanswered;
    private int _claimed;
    private bool _expired;
    private long _expiresAtTimestamp;

    /// <summary>0, 1 or -1; anything else is refused.</summary>
    public short Acks { get; private set; }

    /// <inheritdoc/>
    public override long ExpiresAtTimestamp => _expiresAtTimestamp;

    /// <summary>The partitions, in the request's order.</summary>
    public ReadOnlySpan<ProduceEntry> Entries => CollectionsMarshal.AsSpan(_entries)[.._entryCount];

    /// <summary>The first outcome that is not success, or None.</summary>
    public ErrorCode FirstError
    {
        get
        {
            for (var index = 0; index < _entryCount; index++)
            {
                if (_entries[index].Outcome is not ErrorCode.None and var error)
                {
                    return error;
                }
            }

            return ErrorCode.None;
        }
    }

    /// <summary>Makes the exchange new.</summary>
    public void Begin(in RequestHeader header, short acks, long receivedAtTimestamp, long expiresAtTimestamp)
    {
        Reset();
        (CorrelationId, Version, Acks) = (header.CorrelationId, header.Version, acks);
        (ReceivedAtTimestamp, _expiresAtTimestamp) = (receivedAtTimestamp, expiresAtTimestamp);
        _topics.Clear();
        (_entryCount, _claimed, _expired) = (0, 0, false);
        // One more than there are entries, so that it cannot become ready while it is being filled.
        _unanswered = 1;
    }

    /// <summary>Adds a topic; the entries that follow are its partitions.</summary>
    /// <param name="nameUtf8">The name, in memory that outlives the request's frame.</param>
    public void AddTopic(ReadOnlyMemory<byte> nameUtf8) => _topics.Add((nameUtf8, 0));

    /// <summary>Adds a partition of the topic that was added last.</summary>
    public ProduceEntry AddPartition(int index)
    {
        if (_entryCount == _entries.Count)
        {
            _entries.Add(new ProduceEntry(this));
        }

        var topic = _topics[^1];
        _topics[^1] = topic with { Partitions = topic.Partitions + 1 };
        var entry = _entries[_entryCount++];
        entry.Begin(index);
        return entry;
    }

    /// <summary>Everything was added. What the gateway has refused is answered; the rest waits for its replicas.</summary>
    /// <param name="batch">Takes the ring when the answer is ready at once.</param>
    public void Seal(ref CompletionBatch batch)
    {
        var waiting = 0;
        for (var index = 0; index < _entryCount; index++)
        {
            waiting += _entries[index].IsDone ? 0 : 1;
        }

        Interlocked.Add(ref _unanswered, waiting);
        OneDone(ref batch);
    }

    /// <summary>One partition has its answer.</summary>
    public void OneDone(ref CompletionBatch batch)
    {
        if (Interlocked.Decrement(ref _unanswered) != 0 || Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            return;
        }

        if (Acks == 0)
        {
            noAnswerWanted(this);
            return;
        }

        MarkReady();
        ring.JoinBatch(ref batch);
    }

    /// <inheritdoc/>
    public override bool TryExpire(long nowTimestamp)
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
        {
            return false;
        }

        _expired = true;
        for (var index = 0; index < _entryCount; index++)
        {
            _entries[index].HasTimedOut = !_entries[index].IsDone;
        }

        MarkReady();
        return true;
    }

    /// <inheritdoc/>
    public override bool Release() => !_expired;

    /// <inheritdoc/>
    public override void Write(ref KafkaWriter writer)
    {
        var format = new ProduceResponseFormat(Version);
        var headerVersion = ApiTable.Get(ApiKey.Produce).ResponseHeaderVersion(Version);
        writer.WriteInt32(ResponseHeader.SizeOf(headerVersion) + SizeOfBody(format));
        new ResponseHeader(CorrelationId).Write(ref writer, headerVersion);
        format.WriteStart(ref writer, _topics.Count);
        var next = 0;
        foreach (var (nameUtf8, partitions) in _topics)
        {
            format.WriteTopicStart(ref writer, nameUtf8.Span, Guid.Empty, partitions);
            for (var end = next + partitions; next < end; next++)
            {
                format.WritePartition(ref writer, _entries[next].ToResponse());
            }

            format.WriteTopicEnd(ref writer);
        }

        format.WriteEnd(ref writer, throttleTimeMs: 0, []);
    }

    private int SizeOfBody(in ProduceResponseFormat format)
    {
        var size = format.StartBytes(_topics.Count) + format.EndBytes([]);
        var next = 0;
        foreach (var (nameUtf8, partitions) in _topics)
        {
            size += format.TopicBytes(nameUtf8.Length, partitions);
            for (var end = next + partitions; next < end; next++)
            {
                size += format.PartitionBytes(_entries[next].ToResponse());
            }
        }

        return size;
    }
}
