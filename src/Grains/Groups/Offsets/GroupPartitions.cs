using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>The partitions of <c>__consumer_offsets</c> that this node leads. Safe to use from any thread.</summary>
public sealed class GroupPartitions(IGroupTopic topic, GroupServices services)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, GroupPartition> _partitions = [];
    private bool _isStopped;

    /// <summary>Raised, once each, when a partition has been replayed; on any thread, must not block or throw.</summary>
    public event Action<GroupPartition>? Loaded;

    /// <summary>Raised when a partition's epoch is over; on any thread, must not block or throw.</summary>
    public event Action<GroupPartition>? Closed;

    /// <summary>Those that have been touched.</summary>
    public GroupPartition[] Open
    {
        get
        {
            lock (_gate)
                return [.. _partitions.Values];
        }
    }

    /// <summary>The partition of a group, if this node leads it; its replay begins with the first touch.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partition">The partition when the answer is None, loaded or not.</param>
    /// <returns>None, NotCoordinator, or CoordinatorNotAvailable while nobody leads it.</returns>
    public ErrorCode Find(string groupId, out GroupPartition? partition)
    {
        partition = null;
        var count = topic.PartitionCount;
        return count == 0 ? ErrorCode.NotCoordinator : Find(GroupPartitioner.PartitionOf(groupId, count), out partition);
    }

    /// <summary>Touches every partition that this node leads, and lets go of those that it no longer leads.</summary>
    public GroupPartition[] TouchAll()
    {
        var led = new List<GroupPartition>();
        for (var index = 0; index < topic.PartitionCount; index++)
        {
            if (Find(index, out var partition) == ErrorCode.None)
                led.Add(partition!);
        }

        return [.. led];
    }

    /// <summary>Lets go of all, for good: the silo stops.</summary>
    public void Stop(ErrorCode error)
    {
        GroupPartition[] closed;
        lock (_gate)
        {
            _isStopped = true;
            closed = [.. _partitions.Values];
            _partitions.Clear();
        }

        foreach (var partition in closed)
            Close(partition, error);
    }

    private ErrorCode Find(int index, out GroupPartition? partition)
    {
        partition = null;
        var leader = topic.LeaderOf(index);
        GroupPartition? former = null;
        GroupPartition? fresh = null;
        lock (_gate)
        {
            if (_isStopped)
                return ErrorCode.NotCoordinator;
            partition = _partitions.GetValueOrDefault(index);
            if (partition is not null && (leader.NodeId != topic.NodeId || partition.LeaderEpoch != leader.Epoch))
            {
                _partitions.Remove(index);
                (former, partition) = (partition, null);
            }

            if (partition is null && leader.NodeId == topic.NodeId)
                _partitions[index] = partition = fresh = Create(index, leader.Epoch);
        }

        if (former is not null)
            Close(former, ErrorCode.NotCoordinator);
        if (fresh is not null)
            _ = LoadAsync(fresh);
        return partition is not null ? ErrorCode.None
            : leader.NodeId < 0 ? ErrorCode.CoordinatorNotAvailable
            : ErrorCode.NotCoordinator;
    }

    private GroupPartition Create(int index, int leaderEpoch) =>
        new(index, leaderEpoch, token => topic.OpenAsync(index, leaderEpoch, token), Raise, services);

    private static async Task LoadAsync(GroupPartition partition) => await partition.LoadAsync().ConfigureAwait(false);

    private void Raise(GroupPartition partition) => Loaded?.Invoke(partition);

    private void Close(GroupPartition partition, ErrorCode error)
    {
        partition.Close(error);
        Closed?.Invoke(partition);
    }
}
