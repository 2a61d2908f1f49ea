using System.Diagnostics.CodeAnalysis;
using Actors.Grains;
using Actors.Grains.Topics;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>The fetch sessions of a silo: a bounded number with a bounded number of partitions. Safe to use from any thread.</summary>
/// <remarks>
/// A full cache gives a new client no session, which is legal; only a session that nobody has used for a while makes place. Too
/// many partitions, and names that no topic can have, are answered and not remembered. Source: KIP-227.
/// </remarks>
public sealed class FetchSessionCache(KafkaGatewayOptions options, IdSource ids, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<Slot>> _byId = [];
    private readonly LinkedList<Slot> _leastRecentFirst = [];
    private int _partitions;

    /// <summary>Sessions that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byId.Count;
        }
    }

    /// <summary>Partitions of all sessions.</summary>
    public int PartitionCount
    {
        get
        {
            lock (_gate)
                return _partitions;
        }
    }

    /// <summary>Makes a session with these partitions; null when there is no room.</summary>
    internal FetchSession? TryCreate(IReadOnlyList<FetchTarget> targets, bool usesTopicIds)
    {
        if (targets.Count > options.MaxPartitionsPerFetchSession || !AreRememberable(targets))
            return null;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_byId.Count >= options.MaxFetchSessions || _partitions + targets.Count > options.MaxFetchSessionPartitions)
            {
                if (_leastRecentFirst.First is not { } oldest || time.GetElapsedTime(oldest.Value.UsedAt, now) < options.FetchSessionEvictionAge)
                    return null;
                Remove(oldest);
            }

            var session = new FetchSession(NewId(), usesTopicIds);
            foreach (var target in targets)
                session.Set(target);
            _partitions += session.PartitionCount;
            _byId[session.Id] = _leastRecentFirst.AddLast(new Slot(session, now, session.PartitionCount));
            return session;
        }
    }

    /// <summary>
    /// Takes an incremental request into its session and gives all of the session's partitions, in the order of reading.
    /// </summary>
    /// <returns>None, or why the client must begin a new session.</returns>
    internal ErrorCode TryContinue(
        int sessionId, int epoch, bool usesTopicIds, IReadOnlyList<FetchTarget> changed, IReadOnlyList<FetchKey> forgotten,
        out FetchSession? session, [NotNull] out List<FetchTarget>? targets)
    {
        (session, targets) = (null, []);
        lock (_gate)
        {
            if (!_byId.TryGetValue(sessionId, out var node))
                return ErrorCode.FetchSessionIdNotFound;
            var found = node.Value.Session;
            lock (found.Gate)
            {
                if (found.Epoch != epoch)
                    return ErrorCode.InvalidFetchSessionEpoch;
                if (found.UsesTopicIds != usesTopicIds)
                    return ErrorCode.FetchSessionTopicIdError;
                foreach (var target in changed)
                    found.Set(target);
                foreach (var key in forgotten)
                    found.Remove(key);
                targets.AddRange(found.Targets);
                found.Advance();
                _partitions += found.PartitionCount - node.Value.PartitionCount;
                node.Value = node.Value with { UsedAt = time.GetTimestamp(), PartitionCount = found.PartitionCount };
            }

            if (targets.Count == 0 || targets.Count > options.MaxPartitionsPerFetchSession || _partitions > options.MaxFetchSessionPartitions || !AreRememberable(changed))
            {
                // Nothing is left to remember, or too much: the client is told that it has no session, and begins anew.
                Remove(node);
                return ErrorCode.None;
            }

            _leastRecentFirst.Remove(node);
            _leastRecentFirst.AddLast(node);
            session = found;
            return ErrorCode.None;
        }
    }

    /// <summary>Forgets a session; one that is not there is left out of account.</summary>
    internal void Remove(int sessionId)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(sessionId, out var node))
                Remove(node);
        }
    }

    /// <summary>A name may have 32,767 bytes on the wire; the session of who makes names up keeps no such ones.</summary>
    private static bool AreRememberable(IReadOnlyList<FetchTarget> targets)
    {
        foreach (var target in targets)
        {
            if (target.Key.TopicName?.Length > TopicNames.MaxLength)
                return false;
        }

        return true;
    }

    private void Remove(LinkedListNode<Slot> node)
    {
        _byId.Remove(node.Value.Session.Id);
        _leastRecentFirst.Remove(node);
        _partitions -= node.Value.PartitionCount;
    }

    private int NewId()
    {
        int id;
        do
            id = ids.NextInt(int.MaxValue);
        while (id == 0 || _byId.ContainsKey(id));
        return id;
    }

    private readonly record struct Slot(FetchSession Session, long UsedAt, int PartitionCount);
}
