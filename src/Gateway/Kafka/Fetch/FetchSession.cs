using System.Diagnostics.CodeAnalysis;

namespace Actors.Gateway.Kafka;

/// <summary>The partitions that a client fetches again and again, so that it need not name them each time (KIP-227).</summary>
/// <remarks>Guarded by its own monitor; the cache's monitor may be taken before it, never after it.</remarks>
internal sealed class FetchSession(int id, bool usesTopicIds, int epoch = 1)
{
    private readonly Dictionary<FetchKey, LinkedListNode<FetchTarget>> _byKey = [];
    private readonly LinkedList<FetchTarget> _order = [];

    public Lock Gate { get; } = new();

    public int Id { get; } = id;

    public bool UsesTopicIds { get; } = usesTopicIds;

    /// <summary>The epoch that the next request must carry.</summary>
    public int Epoch { get; private set; } = epoch;

    public int PartitionCount => _byKey.Count;

    /// <summary>In the order in which they are read: those that gave records last come last.</summary>
    public IEnumerable<FetchTarget> Targets => _order;

    /// <summary>Adds a partition, or changes where it is read on.</summary>
    public void Set(FetchTarget wanted)
    {
        if (_byKey.TryGetValue(wanted.Key, out var node))
            (node.Value.Position, node.Value.MaxBytes) = (wanted.Position, wanted.MaxBytes);
        else
            _byKey[wanted.Key] = _order.AddLast(wanted);
    }

    public void Remove(FetchKey key)
    {
        if (_byKey.Remove(key, out var node))
            _order.Remove(node);
    }

    /// <summary>Gives the others their turn first next time.</summary>
    public void MoveToEnd(FetchTarget target)
    {
        if (_byKey.TryGetValue(target.Key, out var node) && ReferenceEquals(node.Value, target))
        {
            _order.Remove(node);
            _order.AddLast(node);
        }
    }

    /// <summary>Counts from 1; 0 and -1 mean "new session" and "no session".</summary>
    public void Advance() => Epoch = Epoch == int.MaxValue ? 1 : Epoch + 1;

    /// <summary>Whether the response to an incremental request must name the partition, and remembers what it says.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "It reads as a rule of the session.")]
    public bool MustTell(FetchTarget target, in Actors.Kafka.FetchPartition answer)
    {
        var changed = answer.RecordsBytes > 0
            || answer.HighWatermark != target.SentHighWatermark
            || answer.LogStartOffset != target.SentLogStartOffset;
        var isSpecial = answer.ErrorCode != Actors.Kafka.ErrorCode.None || answer.DivergingEpoch >= 0;

        // When an error has ended, the partition is told anew.
        target.SentHighWatermark = isSpecial ? -1 : answer.HighWatermark;
        target.SentLogStartOffset = answer.LogStartOffset;
        return changed || isSpecial;
    }
}
