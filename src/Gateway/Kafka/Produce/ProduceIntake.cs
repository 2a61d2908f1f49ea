using System.Diagnostics;
using Actors.Grains.Partitions;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Gateway.Kafka;

/// <summary>
/// Takes a run of produce requests of one read of a connection, checks every batch where it stands, and then hands each partition
/// one append with all batches of the run.
/// </summary>
/// <remarks>Used by the connection's reader only. The frames must stay where they are from <see cref="TryAccept"/> until <see cref="AppendAsync"/> has ended.</remarks>
internal sealed class ProduceIntake(
    ProduceServices services, ResponseRing ring, ProduceEvents events, ClientFacts client, Action<ProduceExchange> noAnswerWanted)
{
    /// <summary>Most topics and partitions of one request: more than a producer has batches for in the largest request that clients send.</summary>
    private const int MaxElements = 1 << 15;

    private readonly TopicHandles _topics = new(services.Catalog);
    private readonly Dictionary<PartitionId, PartitionGroup> _byPartition = [];
    private readonly List<PartitionGroup> _groups = [];
    private int _groupCount;
    private PartitionGroup? _lastGroup;
    private long _nowMs;
    private bool _tells;

    /// <summary>There are batches that no replica has yet.</summary>
    public bool HasWork => _groupCount > 0;

    /// <summary>Takes the wall clock's time for the requests of one read, and asks once whether anybody wants to hear of them.</summary>
    public void BeginRead()
    {
        _nowMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        _tells = events.AreWanted;
    }

    /// <summary>Takes one request into the ring and into the groups.</summary>
    /// <param name="header">The request's header.</param>
    /// <param name="body">The request behind its header.</param>
    /// <param name="receivedAtTimestamp">The clock's timestamp of the read.</param>
    /// <param name="batch">Takes the ring when the answer is ready at once.</param>
    /// <param name="expiresAtTimestamp">When the request's time is over.</param>
    /// <returns>False when the request is malformed; then nothing of it was taken.</returns>
    public bool TryAccept(in RequestHeader header, ReadOnlyMemory<byte> body, long receivedAtTimestamp, ref CompletionBatch batch, out long expiresAtTimestamp)
    {
        var request = new ProduceRequestReader(body, header.Version, MaxElements);
        expiresAtTimestamp = receivedAtTimestamp + (long)(Math.Max(0, request.TimeoutMs) / 1000.0 * services.Time.TimestampFrequency);
        var exchange = Rent();
        exchange.Begin(header, request.Acks, receivedAtTimestamp, expiresAtTimestamp);
        while (request.ReadTopic())
        {
            var topic = _topics.Get(request.TopicNameUtf8.Span);
            exchange.AddTopic(topic.NameUtf8);
            while (request.ReadPartition())
            {
                var entry = exchange.AddPartition(request.PartitionIndex);
                entry.Acks = request.Acks;
                entry.RecordsBytes = request.Records.Length;
                Check(entry, topic, request, header.Version);
            }
        }

        if (request.HasFailed)
        {
            return false;
        }

        exchange.Accepted(_tells, GatewayTraces.StartProduce(header));
        if (_tells)
        {
            events.Started(exchange, client);
        }

        foreach (var entry in exchange.Entries)
        {
            if (!entry.IsDone)
            {
                GroupOf(entry).Add(entry);
            }
        }

        if (request.Acks != 0)
        {
            ring.Enqueue(exchange);
        }

        exchange.Seal(ref batch);
        return true;
    }

    /// <summary>Gives every group to its replica. Waits only where a replica must be opened first, or the log has no room.</summary>
    public ValueTask AppendAsync(CancellationToken token)
    {
        for (var index = 0; index < _groupCount; index++)
        {
            var group = _groups[index];
            if (!services.Replicas.TryGet(group.Partition, out var replica) || !TryAppend(group, replica))
            {
                return AppendSlowlyAsync(index, token);
            }

            group.Clear();
        }

        Forget();
        return ValueTask.CompletedTask;
    }

    private async ValueTask AppendSlowlyAsync(int from, CancellationToken token)
    {
        for (var index = from; index < _groupCount; index++)
        {
            var group = _groups[index];
            while (!await TryAppendAsync(group, token))
            {
                await services.Log.WaitForRoomAsync(token);
            }

            group.Clear();
        }

        Forget();
    }

    private async ValueTask<bool> TryAppendAsync(PartitionGroup group, CancellationToken token)
    {
        if (services.Replicas.TryGet(group.Partition, out var replica))
        {
            return TryAppend(group, replica);
        }

        if (group.First.Owner.Span is { } span)
        {
            // The call to the partition's grain belongs to the request that came first; it ends with this method.
            Activity.Current = span;
        }

        var error = await services.Opener.OpenAsync(group.Topic, group.Partition.Index, token);
        if (error == ErrorCode.None && services.Replicas.TryGet(group.Partition, out replica))
        {
            return TryAppend(group, replica);
        }

        error = error == ErrorCode.None ? ErrorCode.NotLeaderOrFollower : error;
        if (_tells)
        {
            events.LeadershipChecked(group, null, error);
        }

        Refuse(group, error);
        return true;
    }

    private bool TryAppend(PartitionGroup group, Replica replica)
    {
        if (_tells)
        {
            events.LeadershipChecked(group, replica, ErrorCode.None);
        }

        return group.Took(replica.Append(group.Appends));
    }

    private static void Refuse(PartitionGroup group, ErrorCode error)
    {
        var batch = default(CompletionBatch);
        foreach (var append in group.Appends)
        {
            var entry = (ProduceEntry)append;
            entry.RefuseHere(error);
            entry.Complete(ref batch);
        }

        batch.Run();
    }

    private void Check(ProduceEntry entry, TopicHandle topic, in ProduceRequestReader request, short version)
    {
        if (version < 3)
        {
            entry.RefuseHere(ErrorCode.UnsupportedVersion);
            return;
        }

        if (request.Acks is not (0 or 1 or -1))
        {
            entry.RefuseHere(ErrorCode.InvalidRequiredAcks);
            return;
        }

        if (topic.Topic is not { } known || (uint)entry.PartitionIndex >= (uint)known.PartitionCount)
        {
            entry.RefuseHere(ErrorCode.UnknownTopicOrPartition);
            return;
        }

        if (known.Row.IsInternal)
        {
            // What a client wrote there would move groups' offsets at the next replay.
            entry.RefuseHere(ErrorCode.InvalidTopicException, $"{known.Name} is written by the brokers only.");
            return;
        }

        var error = RecordBatchValidator.Validate(request.Records.Span, topic.LimitsAt(_nowMs, version), out var header, out var inspection);
        if (error != BatchError.None)
        {
            Refuse(entry, error, inspection);
            return;
        }

        if (header.IsTransactional || request.IsTransactional)
        {
            entry.RefuseHere(ErrorCode.InvalidTxnState, "This broker has no transactions yet.");
            return;
        }

        entry.Header = header;
        entry.Batch = request.Records;
        entry.Group = (known, new PartitionId(known.Id, entry.PartitionIndex));
        if (inspection.Walked && inspection.MaxTimestampMs != header.MaxTimestampMs)
        {
            CorrectMaxTimestamp(entry, inspection.MaxTimestampMs);
        }
    }

    /// <summary>Some clients put the last record's timestamp into the header; the batch is copied and corrected, as Kafka does.</summary>
    private static void CorrectMaxTimestamp(ProduceEntry entry, long maxTimestampMs)
    {
        var copy = entry.Batch.ToArray();
        RecordBatch.SetMaxTimestamp(copy, maxTimestampMs);
        if (RecordBatchHeader.TryParse(copy, out var header))
        {
            (entry.Batch, entry.Header) = (copy, header);
        }
    }

    private static void Refuse(ProduceEntry entry, BatchError error, in BatchInspection inspection)
    {
        IReadOnlyList<ProduceResponse.BatchIndexAndErrorMessage>? recordErrors = inspection.BadRecordIndex < 0
            ? null
            : [new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = inspection.BadRecordIndex, BatchIndexErrorMessage = $"The record is not valid: {error}." }];
        entry.RefuseHere(
            error switch
            {
                BatchError.Corrupt => ErrorCode.CorruptMessage,
                BatchError.TooLarge => ErrorCode.MessageTooLarge,
                BatchError.UnsupportedCodec => ErrorCode.UnsupportedCompressionType,
                BatchError.InvalidTimestamp => ErrorCode.InvalidTimestamp,
                _ => ErrorCode.InvalidRecord,
            },
            $"The record batch is refused: {error}.",
            recordErrors);
    }

    private PartitionGroup GroupOf(ProduceEntry entry)
    {
        var (topic, partition) = entry.Group;
        if (_lastGroup is { } last && last.Partition == partition)
        {
            return last;
        }

        if (!_byPartition.TryGetValue(partition, out var group))
        {
            if (_groupCount == _groups.Count)
            {
                _groups.Add(new PartitionGroup());
            }

            group = _groups[_groupCount++];
            group.Begin(topic, partition);
            _byPartition.Add(partition, group);
        }

        return _lastGroup = group;
    }

    private void Forget()
    {
        _byPartition.Clear();
        _lastGroup = null;
        _groupCount = 0;
    }

    private ProduceExchange Rent() => (ProduceExchange?)ring.Free.Take() ?? new ProduceExchange(ring, services, noAnswerWanted);
}
