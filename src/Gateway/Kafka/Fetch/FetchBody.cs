using System.Text;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Gateway.Kafka;

/// <summary>
/// The answer to a fetch. Its records are read when its turn to be written has come, copied from where they are leased to
/// where they are sent, and the leases end with the copy.
/// </summary>
internal sealed class FetchBody(
    FetchServices services, List<FetchItem> items, long heldBytes, FetchSession? session, bool isIncremental, int maxBytes, bool committedOnly) : ResponseBody
{
    /// <summary>So much memory per response is not asked for, so that clients that do not read never keep others from going on.</summary>
    private const int FreeBytes = 64 << 10;

    private static readonly IReadOnlyList<FetchResponse.AbortedTransaction> NoneAborted = [];

    private readonly List<Topic> _topics = [];
    private readonly List<Part> _parts = [];
    private readonly List<FetchResponse.NodeEndpoint> _endpoints = [];
    private LogRead?[] _reads = [];
    private long _reservedBytes;

    /// <inheritdoc/>
    public override ApiKey ApiKey => ApiKey.Fetch;

    /// <inheritdoc/>
    public override bool IsDeferred => true;

    /// <inheritdoc/>
    public override long HeldBytes(short version) => heldBytes;

    /// <inheritdoc/>
    public override async ValueTask PrepareAsync(CancellationToken token)
    {
        var answers = new FetchPartition[items.Count];
        var bytes = ReadAll(answers, (int)Math.Min(maxBytes, Math.Max(FreeBytes, services.Leaving.TotalBytes - KeptBytes)));
        if (bytes > FreeBytes && !TryReserve(bytes))
        {
            await ReadLessAsync(answers, token);
        }

        Select(answers);
    }

    /// <summary>A quarter of the room is for modest responses, so that a few clients that read nothing do not take it all.</summary>
    private long KeptBytes => services.Leaving.TotalBytes / 4;

    private bool TryReserve(long bytes)
    {
        var isModest = bytes <= services.Leaving.TotalBytes / 64;
        _reservedBytes = services.Leaving.TryTake(bytes, leftBytes: isModest ? 0 : KeptBytes) ? bytes : 0;
        return _reservedBytes > 0;
    }

    /// <summary>There is no room for everything: gives what needs none, or the first batch, and waits only where there is no room for that either.</summary>
    private async ValueTask ReadLessAsync(FetchPartition[] answers, CancellationToken token)
    {
        ReleaseReads();
        var leastBytes = ReadAll(answers, FreeBytes);
        if (leastBytes <= FreeBytes || TryReserve(leastBytes))
            return;
        ReleaseReads();
        _reservedBytes = await services.Leaving.TakeAsync(leastBytes, token);
        ReadAll(answers, (int)_reservedBytes);
    }

    /// <inheritdoc/>
    public override long SizeOf(short version)
    {
        var format = new FetchResponseFormat(version);
        long size = format.StartBytes(_topics.Count) + format.EndBytes(_endpoints);
        foreach (var topic in _topics)
            size += format.TopicBytes(topic.NameUtf8.Length, topic.PartCount);
        foreach (var part in _parts)
            size += format.PartitionBytes(part.Answer);
        return size;
    }

    /// <inheritdoc/>
    public override void Write(ref KafkaWriter writer, short version)
    {
        var format = new FetchResponseFormat(version);
        format.WriteStart(ref writer, throttleTimeMs: 0, ErrorCode.None, session?.Id ?? 0, _topics.Count);
        var next = 0;
        foreach (var topic in _topics)
        {
            format.WriteTopicStart(ref writer, topic.NameUtf8, topic.Id, topic.PartCount);
            for (var end = next + topic.PartCount; next < end; next++)
            {
                var part = _parts[next];
                format.WritePartitionStart(ref writer, part.Answer);
                if (_reads[part.ItemIndex] is { } read)
                {
                    foreach (var chunk in read.Chunks)
                        writer.WriteRaw(chunk.Span);
                }

                format.WritePartitionEnd(ref writer, part.Answer);
            }

            format.WriteTopicEnd(ref writer);
        }

        format.WriteEnd(ref writer, _endpoints);
        ReleaseReads();
    }

    /// <inheritdoc/>
    public override void Release()
    {
        ReleaseReads();
        services.Leaving.Return(_reservedBytes);
        _reservedBytes = 0;
    }

    private long ReadAll(FetchPartition[] answers, int limitBytes)
    {
        _reads = new LogRead?[items.Count];
        var bytes = 0L;
        for (var index = 0; index < answers.Length; index++)
        {
            answers[index] = Read(items[index], limitBytes - bytes, isFirst: bytes == 0, out _reads[index]);
            bytes += answers[index].RecordsBytes;
        }

        return bytes;
    }

    private FetchPartition Read(FetchItem item, long leftBytes, bool isFirst, out LogRead? read)
    {
        read = null;
        if (item.Replica is not { } replica)
            return Refusal(item, item.Error);
        var snapshot = replica.Look(item.Position);
        if (snapshot.Error != ErrorCode.None)
            return Refusal(item, snapshot.Error) with { HighWatermark = snapshot.HighWatermark, LogStartOffset = snapshot.LogStartOffset };
        var answer = new FetchPartition
        {
            Index = item.Target.Key.Partition,
            HighWatermark = snapshot.HighWatermark,
            LastStableOffset = snapshot.LastStableOffset,
            LogStartOffset = snapshot.LogStartOffset,
            AbortedTransactions = committedOnly ? NoneAborted : null,
        };
        if (snapshot.IsDiverging)
            return answer with { DivergingEpoch = snapshot.Diverging.Epoch, DivergingEndOffset = snapshot.Diverging.EndOffset };
        var endOffset = committedOnly ? snapshot.LastStableOffset : snapshot.HighWatermark;
        var allowedBytes = (int)Math.Min(item.MaxBytes, leftBytes);
        if (item.Position.Offset >= endOffset || (allowedBytes <= 0 && !isFirst))
            return answer;

        try
        {
            read = replica.Read(item.Position.Offset, endOffset, Math.Max(allowedBytes, 0), atLeastOneBatch: isFirst);
        }
        catch (IOException failure)
        {
            services.Outages.ReadFailed(replica.TopicName, replica.Id.Index, item.Position.Offset, failure);
            return Refusal(item, ErrorCode.KafkaStorageError);
        }
        catch (ObjectDisposedException)
        {
            return Refusal(item, ErrorCode.NotLeaderOrFollower);
        }

        // The log's start may have moved since the look.
        return read.IsOutOfRange ? Refusal(item, ErrorCode.OffsetOutOfRange) : answer with { RecordsBytes = read.Bytes };
    }

    /// <summary>An error; one about leadership says who leads, so that the client need not ask (KIP-951).</summary>
    private static FetchPartition Refusal(FetchItem item, ErrorCode error)
    {
        var refusal = new FetchPartition { Index = item.Target.Key.Partition, ErrorCode = error };
        var isAboutLeader = error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch;
        return isAboutLeader && item.Topic is { } topic && topic.TryGetPartition(refusal.Index, out var row) && row.LeaderId != PartitionRow.NoLeader
            ? refusal with { CurrentLeaderId = row.LeaderId, CurrentLeaderEpoch = row.LeaderEpoch }
            : refusal;
    }

    /// <summary>Puts together what the response says: everything, or what has changed for the session's client.</summary>
    private void Select(FetchPartition[] answers)
    {
        if (session is null)
        {
            for (var index = 0; index < answers.Length; index++)
                Add(index, answers[index]);
            return;
        }

        lock (session.Gate)
        {
            for (var index = 0; index < answers.Length; index++)
            {
                var target = items[index].Target;
                var mustTell = session.MustTell(target, answers[index]);
                if (!mustTell && isIncremental)
                    continue;
                Add(index, answers[index]);
                if (answers[index].RecordsBytes > 0)
                    session.MoveToEnd(target);
            }
        }
    }

    private void Add(int itemIndex, in FetchPartition answer)
    {
        var key = items[itemIndex].Target.Key;
        if (_topics.Count > 0 && _topics[^1] is var last && last.Name == key.TopicName && last.Id == key.TopicId)
            _topics[^1] = last with { PartCount = last.PartCount + 1 };
        else
            _topics.Add(new Topic(key.TopicName, Encoding.UTF8.GetBytes(key.TopicName ?? ""), key.TopicId, 1));
        _parts.Add(new Part(itemIndex, answer));
        if (answer.CurrentLeaderId >= 0)
            AddEndpoint(answer.CurrentLeaderId);
    }

    private void AddEndpoint(int nodeId)
    {
        if (_endpoints.Exists(endpoint => endpoint.NodeId == nodeId))
            return;
        foreach (var broker in services.Brokers.LiveBrokers)
        {
            if (broker.NodeId == nodeId)
                _endpoints.Add(new FetchResponse.NodeEndpoint { NodeId = nodeId, Host = broker.Host, Port = broker.Port });
        }
    }

    private void ReleaseReads()
    {
        foreach (ref var read in _reads.AsSpan())
        {
            read?.Dispose();
            read = null;
        }
    }

    private readonly record struct Topic(string? Name, byte[] NameUtf8, Guid Id, int PartCount);

    private readonly record struct Part(int ItemIndex, FetchPartition Answer);
}
