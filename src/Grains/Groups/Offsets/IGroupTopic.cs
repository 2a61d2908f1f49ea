using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>The topic <c>__consumer_offsets</c>, seen from this node. Safe to use from any thread.</summary>
public interface IGroupTopic
{
    /// <summary>
    /// Raised when the topic has come or its leaders may have changed; on any thread, a handler must not block or throw.
    /// </summary>
    event Action? Changed;

    /// <summary>This node.</summary>
    int NodeId { get; }

    /// <summary>How many partitions it has; 0 while it does not exist. Once it exists the number never changes.</summary>
    int PartitionCount { get; }

    /// <summary>Creates the topic unless it exists.</summary>
    /// <returns>None when it exists, otherwise why not: an error that a client may retry.</returns>
    Task<ErrorCode> EnsureCreatedAsync(CancellationToken token);

    /// <summary>Who leads a partition.</summary>
    GroupLeader LeaderOf(int partition);

    /// <summary>Opens a partition that this node leads.</summary>
    /// <exception cref="GroupLogException">This node does not lead it (any more), or it cannot be opened.</exception>
    Task<IGroupLog> OpenAsync(int partition, int leaderEpoch, CancellationToken token);
}
