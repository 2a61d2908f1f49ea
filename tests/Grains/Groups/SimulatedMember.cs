using System.Globalization;
using Actors.Grains.Groups;
using Actors.Kafka;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>A client of a group as clients are: it joins, syncs, sends heartbeats, and starts over when it is told to.</summary>
internal sealed class SimulatedMember(GroupBench bench, GroupWitness witness, string? instanceId)
{
    public const int SessionMs = 10_000;
    public const int RebalanceMs = 6_000;

    private long? _join;
    private long? _sync;
    private int _restarts;
    private GroupJoinAnswer? _joined;
    private int _metadata;

    public string Id { get; private set; } = "";

    public string? InstanceId => instanceId;

    public int Generation => _joined?.GenerationId ?? -1;

    public bool IsAlive { get; private set; }

    /// <summary>True from the assignment to the next rebalance.</summary>
    public bool HasAssignment { get; private set; }

    /// <summary>The name under which its leader gives it partitions.</summary>
    public static string NameOf(string memberId, string? instanceId) => instanceId ?? memberId;

    /// <summary>The process starts, without memory of a life before.</summary>
    public void Start()
    {
        IsAlive = true;
        StartOver("");
    }

    /// <summary>The process dies; its requests stay on the way.</summary>
    public void Die() => IsAlive = false;

    public void ChangeMetadata() => _metadata++;

    /// <summary>Leaves the group and does not come back by itself.</summary>
    public void Leave()
    {
        if (Id != "")
            bench.Leave((Id, instanceId));
        Die();
    }

    /// <summary>Reads what has come and sends what is next; at most one request is on the way.</summary>
    public void Step()
    {
        if (!IsAlive)
            return;
        if (_restarts != bench.Restarts)
        {
            // The connection broke: the request is lost, the member asks again with the id that it has.
            _restarts = bench.Restarts;
            _join = _sync = null;
            if (!HasAssignment)
                _joined = null;
        }

        TakeJoin();
        TakeSync();
        if (_join is not null || _sync is not null)
            return;
        if (_joined is null)
            SendJoin();
        else if (!HasAssignment)
            SendSync();
    }

    public void SendJoin()
    {
        if (!IsAlive)
            return;
        HasAssignment = false;
        _joined = null;
        _sync = null;
        _restarts = bench.Restarts;
        _join = bench.Join(Id, instanceId, SessionMs, RebalanceMs,
            skips: true, protocols: ("range", _metadata.ToString(CultureInfo.InvariantCulture)));
        TakeJoin();
    }

    public void Heartbeat()
    {
        if (!IsAlive || Generation < 0)
            return;
        switch (bench.Heartbeat(Id, Generation, instanceId))
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress:
                if (_join is null && _sync is null)
                    SendJoin();
                break;
            default:
                StartOver("");
                break;
        }
    }

    public void Commit(long offset, int generation) =>
        witness.Committing(bench.Commit(Id, generation, instanceId, offsets: Offset(offset, partition: (int)(offset % 3))), offset);

    private void StartOver(string id)
    {
        Id = id;
        _joined = null;
        _join = null;
        _sync = null;
        HasAssignment = false;
    }

    private void TakeJoin()
    {
        if (_join is not { } ticket || !bench.IsAnswered(ticket))
            return;
        _join = null;
        var answer = bench.Answer<GroupJoinAnswer>(ticket);
        switch ((ErrorCode)answer.ErrorCode)
        {
            case ErrorCode.None:
                Id = answer.MemberId;
                _joined = answer;
                witness.Joined(answer, instanceId);
                break;
            case ErrorCode.MemberIdRequired:
                StartOver(answer.MemberId);
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId:
                StartOver("");
                break;
        }
    }

    private void SendSync()
    {
        var assignments = _joined!.Leader == Id && !_joined.SkipAssignment
            ? witness.Assign(_joined)
            : [];
        _sync = bench.Sync(Id, Generation, instanceId, "consumer", "range", assignments);
        TakeSync();
    }

    private void TakeSync()
    {
        if (_sync is not { } ticket || !bench.IsAnswered(ticket))
            return;
        _sync = null;
        var answer = bench.Answer<GroupSyncAnswer>(ticket);
        switch ((ErrorCode)answer.ErrorCode)
        {
            case ErrorCode.None:
                HasAssignment = true;
                witness.Assigned(Text(answer.Assignment), Generation, NameOf(Id, instanceId));
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.IllegalGeneration:
                StartOver("");
                break;
            default:
                _joined = null;
                break;
        }
    }
}
