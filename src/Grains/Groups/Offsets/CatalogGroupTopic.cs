using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Log;
using Orleans;

namespace Actors.Grains.Groups;

/// <summary><c>__consumer_offsets</c> as a topic of this broker: the catalog knows it, the controller creates it, replicas hold it.</summary>
public sealed class CatalogGroupTopic(
    TopicCatalog catalog,
    IBrokerDirectory brokers,
    ReplicaRegistry replicas,
    IReplicaOpener opener,
    LogStore store,
    IGrainFactory grains,
    GroupOptions options,
    TimeProvider time) : IGroupTopic
{
    /// <summary>As Kafka creates it: compacted, in small segments. The retention of topics must never take an offset away.</summary>
    private static readonly (string Name, string Value)[] Configs =
    [
        ("cleanup.policy", "compact"),
        ("compression.type", "producer"),
        ("retention.bytes", "-1"),
        ("retention.ms", "-1"),
        ("segment.bytes", "104857600"),
    ];

    private readonly Lock _gate = new();
    private Task<ErrorCode>? _creating;

    /// <inheritdoc/>
    public int NodeId => brokers.LocalNodeId;

    /// <inheritdoc/>
    public int PartitionCount => catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var topic) ? topic.PartitionCount : 0;

    /// <inheritdoc/>
    public Task<ErrorCode> EnsureCreatedAsync(CancellationToken token)
    {
        Task<ErrorCode> creating;
        lock (_gate)
        {
            if (PartitionCount > 0)
                return Task.FromResult(ErrorCode.None);
            if (_creating is null or { IsCompleted: true })
                _creating = Task.Run(CreateAsync, CancellationToken.None);
            creating = _creating;
        }

        return creating.WaitAsync(token);
    }

    /// <inheritdoc/>
    public GroupLeader LeaderOf(int partition) =>
        catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var topic) && topic.TryGetPartition(partition, out var row)
            ? new GroupLeader(row.LeaderId, row.LeaderEpoch)
            : new GroupLeader(PartitionRow.NoLeader, -1);

    /// <inheritdoc/>
    public async Task<IGroupLog> OpenAsync(int partition, int leaderEpoch, CancellationToken token)
    {
        var log = new ReplicaGroupLog(partition, leaderEpoch, catalog, replicas, opener, store, time);
        await log.OpenAsync(token);
        return log;
    }

    private async Task<ErrorCode> CreateAsync()
    {
        var answer = await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopics(new CreateTopicsCommand
        {
            AllowInternal = true,
            Topics =
            [
                new TopicWish
                {
                    Name = TopicNames.ConsumerOffsets,
                    PartitionCount = options.OffsetsPartitions,
                    Configs = [.. Configs.Select(config => new ConfigWish { Name = config.Name, Value = config.Value })],
                },
            ],
        });
        var error = (ErrorCode)answer.Topics[0].ErrorCode;
        return error is ErrorCode.None or ErrorCode.TopicAlreadyExists ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
    }
}
