using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>A produce request and its answer, which is ready when every partition in it has one. Used again and again by its connection.</summary>
/// <remarks>
/// Filled by the connection's reader; completed by whatever thread completes the last partition; written by the ring. An exchange
/// whose answer went out as a time-out stays with the replica and is not used again.
/// </remarks>
internal sealed class ProduceExchange(ResponseRing ring, ProduceServices services, Action<ProduceExchange> noAnswerWanted) : Exchange
{
    /// <summary>So many partitions cost next to nothing, because exchanges are used again; further ones are counted.</summary>
    private const int FreeEntries = 64;

    private const int EntryBytes = 256;

    /// <summary>An exchange that had more partitions is not kept for the next request.</summary>
    private const int MaxEntriesKept = 1_024;

    private const short FirstVersionWithLeaders = 10;

    private readonly List<ProduceEntry> _entries = [];
    private readonly List<(ReadOnlyMemory<byte> NameUtf8, int Partitions)> _topics = [];
    private readonly List<ProduceResponse.NodeEndpoint> _endpoints = [];
    private int _entryCount;
    private int _unanswered;
    private bool _expired;
    private long _expiresAtTimestamp;

    /// <summary>0, 1 or -1; anything else is refused.</summary>
    public short Acks { get; private set; }

    /// <summary>Somebody wants to hear of the request in the log.</summary>
    public bool IsTold { get; private set; }

    /// <summary>The request's span; null when nobody listens.</summary>
    public Activity? Span { get; private set; }

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
        (_entryCount, _expired) = (0, false);
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

    /// <summary>The request is well-formed; called before it goes into the ring.</summary>
    public void Accepted(bool isTold, Activity? span)
    {
        (IsTold, Span) = (isTold, span);
        HeldBytes = Math.Max(0, _entryCount - FreeEntries) * (long)EntryBytes;
        // One more than there are partitions that wait for their replicas, for Seal.
        _unanswered = 1;
        foreach (var entry in Entries)
        {
            _unanswered += entry.IsDone ? 0 : 1;
        }
    }

    /// <summary>Every partition with its topic's name, in the request's order.</summary>
    public IEnumerable<(string Topic, ProduceEntry Entry)> Named()
    {
        var next = 0;
        foreach (var (nameUtf8, partitions) in _topics)
        {
            var name = Encoding.UTF8.GetString(nameUtf8.Span);
            for (var end = next + partitions; next < end; next++)
            {
                yield return (name, _entries[next]);
            }
        }
    }

    /// <summary>The request has its outcome; a second call does nothing.</summary>
    public void EndSpan()
    {
        GatewayTraces.End(Span, FirstError);
        Span = null;
    }

    /// <summary>The request is in the ring. Where the gateway has refused everything, the answer is ready; the rest waits for its replicas.</summary>
    /// <param name="batch">Takes the ring when the answer is ready at once.</param>
    public void Seal(ref CompletionBatch batch) => OneDone(ref batch);

    /// <summary>One partition has its answer. The last one makes the request's answer, unless its time was over before.</summary>
    public void OneDone(ref CompletionBatch batch)
    {
        if (Interlocked.Decrement(ref _unanswered) != 0)
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
        // Whoever brings the count from above 0 to 0 makes the answer: from here on it only falls further.
        if (Interlocked.Exchange(ref _unanswered, 0) <= 0)
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
    public override bool Release()
    {
        EndSpan();
        return !_expired && _entries.Count <= MaxEntriesKept;
    }

    /// <inheritdoc/>
    public override void Write(ref KafkaWriter writer)
    {
        var format = new ProduceResponseFormat(Version);
        FindLeaders();
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

        format.WriteEnd(ref writer, throttleTimeMs: 0, _endpoints);
    }

    private int SizeOfBody(in ProduceResponseFormat format)
    {
        var size = format.StartBytes(_topics.Count) + format.EndBytes(_endpoints);
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

    /// <summary>A client that asked the wrong node is told who leads and where it is, so that it need not ask (KIP-951).</summary>
    private void FindLeaders()
    {
        _endpoints.Clear();
        foreach (var entry in Entries)
        {
            entry.Leader = Version >= FirstVersionWithLeaders && entry.Outcome == ErrorCode.NotLeaderOrFollower ? LeaderOf(entry) : null;
            if (entry.Leader is { } row
                && !_endpoints.Exists(endpoint => endpoint.NodeId == row.LeaderId)
                && services.Brokers.LiveBrokers.FirstOrDefault(broker => broker.NodeId == row.LeaderId) is { } node)
            {
                _endpoints.Add(new ProduceResponse.NodeEndpoint { NodeId = node.NodeId, Host = node.Host, Port = node.Port });
            }
        }
    }

    private PartitionRow? LeaderOf(ProduceEntry entry) =>
        services.Catalog.Current.TryGet(entry.Group.Topic.Id, out var topic)
        && topic.TryGetPartition(entry.PartitionIndex, out var row)
        && row.LeaderId != PartitionRow.NoLeader
            ? row
            : null;
}
