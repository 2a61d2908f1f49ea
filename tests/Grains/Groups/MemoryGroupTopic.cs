using Actors.Grains.Groups;
using Actors.Kafka;

namespace Actors.Grains.Tests.Groups;

/// <summary><c>__consumer_offsets</c> in memory. It survives the silos that use it.</summary>
internal sealed class MemoryGroupTopic : IGroupTopic, IPartitionEnds
{
    private readonly Dictionary<int, MemoryGroupLog> _logs = [];

    public event Action? Changed;

    public int NodeId { get; set; } = 1;

    public int PartitionCount { get; set; } = 4;

    /// <summary>What creating it answers; None creates it.</summary>
    public ErrorCode CreationError { get; set; }

    public int Creations { get; private set; }

    /// <summary>Leaders that are not this node in epoch 1.</summary>
    public Dictionary<int, GroupLeader> Leaders { get; } = [];

    /// <summary>High watermarks of data partitions.</summary>
    public Dictionary<GroupTopicPartition, long> Ends { get; } = [];

    public MemoryGroupLog LogOf(string groupId) => LogOf(GroupPartitioner.PartitionOf(groupId, PartitionCount));

    public MemoryGroupLog LogOf(int partition)
    {
        lock (_logs)
        {
            if (!_logs.TryGetValue(partition, out var log))
                _logs.Add(partition, log = new MemoryGroupLog());
            return log;
        }
    }

    public Task<ErrorCode> EnsureCreatedAsync(CancellationToken token)
    {
        Creations++;
        if (CreationError == ErrorCode.None)
            PartitionCount = 4;
        Changed?.Invoke();
        return Task.FromResult(CreationError);
    }

    public GroupLeader LeaderOf(int partition) => Leaders.GetValueOrDefault(partition, new GroupLeader(NodeId, 1));

    public Task<IGroupLog> OpenAsync(int partition, int leaderEpoch, CancellationToken token) => Task.FromResult<IGroupLog>(LogOf(partition));

    public bool TryGetHighWatermark(GroupTopicPartition partition, out long highWatermark) => Ends.TryGetValue(partition, out highWatermark);
}
