using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Log;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Groups;

/// <summary><c>__consumer_offsets</c> as a topic of this broker: the catalog knows it, the controller creates it, replicas hold it.</summary>
public sealed class CatalogGroupTopic : IGroupTopic
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
    private readonly TopicCatalog _catalog;
    private readonly IBrokerDirectory _brokers;
    private readonly ReplicaRegistry _replicas;
    private readonly IReplicaOpener _opener;
    private readonly LogStore _store;
    private readonly IGrainFactory _grains;
    private readonly GroupOptions _options;
    private readonly TimeProvider _time;
    private Task<ErrorCode>? _creating;

    /// <summary>One per silo; it listens to the catalog as long as that lives.</summary>
    public CatalogGroupTopic(
        TopicCatalog catalog,
        IBrokerDirectory brokers,
        ReplicaRegistry replicas,
        IReplicaOpener opener,
        LogStore store,
        IGrainFactory grains,
        GroupOptions options,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        (_catalog, _brokers, _replicas, _opener) = (catalog, brokers, replicas, opener);
        (_store, _grains, _options, _time) = (store, grains, options, time);
        catalog.Changed += (before, after) =>
        {
            before.TryGet(TopicNames.ConsumerOffsets, out var former);
            after.TryGet(TopicNames.ConsumerOffsets, out var now);
            if (former != now)
                Changed?.Invoke();
        };
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public int NodeId => _brokers.LocalNodeId;

    /// <inheritdoc/>
    public int PartitionCount => _catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var topic) ? topic.PartitionCount : 0;

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
        _catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var topic) && topic.TryGetPartition(partition, out var row)
            ? new GroupLeader(row.LeaderId, row.LeaderEpoch)
            : new GroupLeader(PartitionRow.NoLeader, -1);

    /// <inheritdoc/>
    public async Task<IGroupLog> OpenAsync(int partition, int leaderEpoch, CancellationToken token)
    {
        var log = new ReplicaGroupLog(partition, leaderEpoch, _catalog, _replicas, _opener, _store, _time);
        await log.OpenAsync(token);
        return log;
    }

    private async Task<ErrorCode> CreateAsync()
    {
        var command = new CreateTopicsCommand
        {
            AllowInternal = true,
            Topics =
            [
                new TopicWish
                {
                    Name = TopicNames.ConsumerOffsets,
                    PartitionCount = _options.OffsetsPartitions,
                    Configs = [.. Configs.Select(config => new ConfigWish { Name = config.Name, Value = config.Value })],
                },
            ],
        };
        try
        {
            var answer = await _grains.GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopics(command);
            var error = (ErrorCode)answer.Topics[0].ErrorCode;
            return error is ErrorCode.None or ErrorCode.TopicAlreadyExists ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
        }
        catch (Exception failure) when (failure is LimitExceededException or OrleansMessageRejectionException or TimeoutException)
        {
            // The controller is busy or away; the client looks for its coordinator again.
            return ErrorCode.CoordinatorNotAvailable;
        }
    }
}
