using Actors.Grains.Groups;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary>A machine on a table: virtual time, answers by ticket, writes that end when the test says so (or at once).</summary>
internal sealed class GroupBench
{
    private readonly GroupOptions _options;
    private readonly Random _random = new(1);
    private readonly Dictionary<long, object> _answers = [];
    private readonly Queue<GroupWrite> _waiting = new();
    private readonly List<(GroupRecord Record, long LogOffset)> _log = [];
    private readonly HashSet<long> _open = [];
    private long _nextTicket;
    private long _nextLogOffset;

    public GroupBench(GroupOptions? options = null)
    {
        _options = options ?? new GroupOptions { InitialRebalanceDelayMs = 0 };
        Machine = new GroupMachine("g", _options);
    }

    public GroupMachine Machine { get; private set; }

    public GroupNow Now { get; private set; } = new(1_000, 1_700_000_000_000);

    /// <summary>False: writes wait for <see cref="EndWrite"/>.</summary>
    public bool WritesAtOnce { get; set; } = true;

    public int WritesWaiting => _waiting.Count;

    /// <summary>Tickets without an answer, those that died with their coordinator left out.</summary>
    public IReadOnlyCollection<long> Open => _open;

    /// <summary>How often the coordinator has been restarted.</summary>
    public int Restarts { get; private set; }

    public IReadOnlyList<(GroupRecord Record, long LogOffset)> Log => _log;

    public GroupMetadata? LastMetadata => _log.Select(entry => entry.Record).OfType<GroupMetadataRecord>().Last().Metadata;

    public long Join(string memberId, string? instanceId = null, int sessionMs = 10_000, int rebalanceMs = 60_000,
        string type = "consumer", bool requiresId = true, bool skips = false, string clientId = "c", params (string Name, string Metadata)[] protocols)
    {
        var ticket = NewTicket();
        var join = new GroupJoin
        {
            MemberId = memberId,
            GroupInstanceId = instanceId,
            ClientId = clientId,
            ClientHost = "/127.0.0.1",
            SessionTimeoutMs = sessionMs,
            RebalanceTimeoutMs = rebalanceMs,
            ProtocolType = type,
            Protocols = [.. (protocols.Length == 0 ? [("range", "m")] : protocols).Select(one => Protocol(one.Name, one.Metadata))],
            RequiresKnownMemberId = requiresId,
            SupportsSkipAssignment = skips,
        };
        var id = new byte[16];
        _random.NextBytes(id);
        Machine.Join(ticket, join, new Guid(id), Now);
        Drain();
        return ticket;
    }

    /// <summary>Joins as clients since 2.2 do: asks for an id first. Returns the ticket of the second request and the id.</summary>
    public (long Ticket, string MemberId) JoinNew(int sessionMs = 10_000, int rebalanceMs = 60_000, params (string, string)[] protocols)
    {
        var first = Answer<GroupJoinAnswer>(Join("", sessionMs: sessionMs, rebalanceMs: rebalanceMs, protocols: protocols));
        Assert.Equal((short)ErrorCode.MemberIdRequired, first.ErrorCode);
        return (Join(first.MemberId, sessionMs: sessionMs, rebalanceMs: rebalanceMs, protocols: protocols), first.MemberId);
    }

    public long Sync(string memberId, int generation, string? instanceId = null, string? type = null, string? protocol = null,
        params (string MemberId, string Assignment)[] assignments)
    {
        var ticket = NewTicket();
        Machine.Sync(ticket, new GroupSync
        {
            MemberId = memberId,
            GenerationId = generation,
            GroupInstanceId = instanceId,
            ProtocolType = type,
            ProtocolName = protocol,
            Assignments = [.. assignments.Select(one => new GroupAssignment { MemberId = one.MemberId, Assignment = Bytes(one.Assignment) })],
        }, Now);
        Drain();
        return ticket;
    }

    public ErrorCode Heartbeat(string memberId, int generation, string? instanceId = null)
    {
        var error = Machine.Heartbeat(new GroupHeartbeat { MemberId = memberId, GenerationId = generation, GroupInstanceId = instanceId }, Now);
        Drain();
        return error;
    }

    public GroupLeaveAnswer Leave(params (string MemberId, string? InstanceId)[] members)
    {
        var answer = Machine.Leave(new GroupLeave
        {
            Members = [.. members.Select(one => new GroupLeavingMember { MemberId = one.MemberId, GroupInstanceId = one.InstanceId })],
        }, Now);
        Drain();
        return answer;
    }

    public long Commit(string memberId, int generation, string? instanceId = null, long retentionMs = -1, params GroupCommitOffset[] offsets)
    {
        var ticket = NewTicket();
        Machine.Commit(ticket, new GroupCommit
        {
            MemberId = memberId,
            GenerationId = generation,
            GroupInstanceId = instanceId,
            RetentionTimeMs = retentionMs,
            Offsets = offsets,
        }, Now);
        Drain();
        return ticket;
    }

    public ErrorCode CommitOne(string memberId, int generation, long offset = 5, string? instanceId = null, string topic = "t", int partition = 0) =>
        (ErrorCode)Assert.Single(Answer<GroupCommitAnswer>(
            Commit(memberId, generation, instanceId, offsets: Offset(offset, topic, partition))).ErrorCodes);

    public long ExpireOffsets()
    {
        var ticket = NewTicket();
        Machine.ExpireOffsets(ticket, Now);
        Drain();
        return ticket;
    }

    public long ForgetTopics(params string[] topics)
    {
        var ticket = NewTicket();
        Machine.ForgetTopics(ticket, topics.ToHashSet(), Now);
        Drain();
        return ticket;
    }

    public long Delete()
    {
        var ticket = NewTicket();
        Machine.Delete(ticket, Now);
        Drain();
        return ticket;
    }

    public long FetchOne(string topic = "t", int partition = 0) =>
        Assert.Single(Machine.Fetch(new GroupFetch { Partitions = [new(topic, partition)] }).Offsets).Offset;

    /// <summary>Lets time pass and does what is due, deadline by deadline, as a driver's timer would.</summary>
    public void Pass(long milliseconds)
    {
        var end = Now.MonotonicMs + milliseconds;
        while (Machine.NextTickMs <= end)
        {
            var step = Math.Max(Machine.NextTickMs, Now.MonotonicMs) - Now.MonotonicMs;
            Move(step);
            Machine.Tick(Now);
            Drain();
        }

        Move(end - Now.MonotonicMs);
    }

    /// <summary>Ends the oldest write.</summary>
    /// <param name="error">What the log says.</param>
    /// <param name="butStored">True: the log says an error, and the records are there all the same.</param>
    public void EndWrite(ErrorCode error = ErrorCode.None, bool butStored = false)
    {
        var write = _waiting.Dequeue();
        var logOffset = _nextLogOffset++;
        if (error == ErrorCode.None || butStored)
            _log.AddRange(write.Records.Select(record => (record, logOffset)));
        Machine.WriteEnded(write.Id, error, logOffset, Now);
        Drain();
    }

    /// <summary>Ends all writes that wait, stored in their order and reported the newest first.</summary>
    public void EndWritesNewestFirst()
    {
        var stored = new Stack<(GroupWrite Write, long LogOffset)>();
        while (_waiting.TryDequeue(out var write))
        {
            var logOffset = _nextLogOffset++;
            _log.AddRange(write.Records.Select(record => (record, logOffset)));
            stored.Push((write, logOffset));
        }

        foreach (var (write, logOffset) in stored)
            Machine.WriteEnded(write.Id, ErrorCode.None, logOffset, Now);
        Drain();
    }

    /// <summary>What the log says of the group.</summary>
    public GroupImage Replay()
    {
        var image = new GroupImage();
        foreach (var (record, logOffset) in _log)
            image.Apply(Recode(record), logOffset);
        return image;
    }

    /// <summary>The process dies; what is in the log comes back, and nothing else.</summary>
    /// <param name="alsoStored">Writes under way that had reached the disk, oldest first.</param>
    public void Restart(int alsoStored = 0)
    {
        for (; alsoStored > 0 && _waiting.TryDequeue(out var write); alsoStored--)
        {
            var logOffset = _nextLogOffset++;
            _log.AddRange(write.Records.Select(record => (record, logOffset)));
        }

        var image = Replay();
        _waiting.Clear();
        _open.Clear();
        Restarts++;
        Machine = new GroupMachine("g", _options, image, Now);
        Drain();
    }

    public bool IsAnswered(long ticket) => _answers.ContainsKey(ticket);

    public T Answer<T>(long ticket)
    {
        Assert.True(_answers.TryGetValue(ticket, out var answer), $"ticket {ticket} has no answer");
        return Assert.IsType<T>(answer);
    }

    public GroupJoinAnswer Joined(long ticket)
    {
        var answer = Answer<GroupJoinAnswer>(ticket);
        Assert.Equal(ErrorCode.None, (ErrorCode)answer.ErrorCode);
        return answer;
    }

    public ErrorCode JoinErrorOf(long ticket) => (ErrorCode)Answer<GroupJoinAnswer>(ticket).ErrorCode;

    public ErrorCode SyncErrorOf(long ticket) => (ErrorCode)Answer<GroupSyncAnswer>(ticket).ErrorCode;

    /// <summary>A stable group of one generation: members in the order of joining, the first leads.</summary>
    public string[] Stable(int members, params (string, string)[] protocols)
    {
        var ids = new string[members];
        for (var index = 0; index < members; index++)
        {
            (_, ids[index]) = JoinNew(protocols: protocols);
            for (var before = 0; before < index; before++)
                Join(ids[before], protocols: protocols);
        }

        var generation = Machine.Generation;
        Assert.Equal(GroupState.CompletingRebalance, Machine.State);
        Sync(ids[0], generation, assignments: [.. ids.Select(id => (id, "for " + id))]);
        foreach (var id in ids.Skip(1))
            Sync(id, generation);
        Assert.Equal(GroupState.Stable, Machine.State);
        return ids;
    }

    public static GroupCommitOffset Offset(long offset, string topic = "t", int partition = 0, string? metadata = null, int leaderEpoch = -1) =>
        new() { Topic = topic, Partition = partition, Offset = offset, Metadata = metadata, LeaderEpoch = leaderEpoch };

    public static GroupProtocol Protocol(string name, string metadata) => new() { Name = name, Metadata = Bytes(metadata) };

    public static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Stops the machine; everybody who waits is answered.</summary>
    public void Stop()
    {
        Machine.Stop(ErrorCode.NotCoordinator);
        Drain();
    }

    /// <summary>A record as it comes back from the disk.</summary>
    private static GroupRecord Recode(GroupRecord record)
    {
        Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(GroupRecordCodec.Encode(record), out var read));
        return read!;
    }

    private long NewTicket()
    {
        _open.Add(_nextTicket);
        return _nextTicket++;
    }

    private void Move(long milliseconds) => Now = new GroupNow(Now.MonotonicMs + milliseconds, Now.UtcMs + milliseconds);

    private void Drain()
    {
        while (true)
        {
            foreach (var reply in Machine.TakeReplies())
            {
                Assert.True(_answers.TryAdd(reply.Ticket, reply.Answer), $"ticket {reply.Ticket} is answered twice");
                Assert.True(_open.Remove(reply.Ticket), $"ticket {reply.Ticket} was never given out");
            }

            var writes = Machine.TakeWrites();
            foreach (var write in writes)
                _waiting.Enqueue(write);
            if (!WritesAtOnce || _waiting.Count == 0)
                return;
            var first = _waiting.Dequeue();
            var logOffset = _nextLogOffset++;
            _log.AddRange(first.Records.Select(record => (record, logOffset)));
            Machine.WriteEnded(first.Id, ErrorCode.None, logOffset, Now);
        }
    }
}
