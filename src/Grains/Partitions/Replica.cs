using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

/// <summary>
/// One partition on this silo: it assigns offsets, knows the high watermark, and answers appends when they are durable.
/// </summary>
/// <remarks>
/// <para>A plain object with its own monitor, which is never held across an await, an observer's call or a read of the disk.
/// The partition's grain owns it: opens, configures and closes it. Data comes directly, from any thread.</para>
/// <para>True between calls: start ≤ high watermark ≤ durable end ≤ end; the order of offsets is the order in which appends
/// entered the monitor; an append that was taken is completed exactly once, by durability, failure or close. After a failure of
/// the disk nothing is acknowledged any more, and what is below the high watermark can still be read.</para>
/// <para>Lock order: this monitor, then the log's. The log calls its observer without holding a lock.</para>
/// </remarks>
public sealed partial class Replica : ILogObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ReplicaMetrics _metrics;
    private readonly int _replicaCount;
    private readonly Action? _retentionWanted;
    private PartitionLog _log = null!;
    private volatile TopicConfig _config;
    private ReplicaState _state;
    private readonly int _leaderEpoch;
    private readonly int _inSyncCount;
    private long _highWatermark;
    private long _appendedBytes;
    private LogFailure? _failure;

    private Replica(CatalogTopic topic, PartitionRow row, ReplicaServices services, Action? retentionWanted)
    {
        Id = new PartitionId(topic.Id, row.Index);
        TopicName = topic.Name;
        _config = topic.Config;
        _leaderEpoch = row.LeaderEpoch;
        _inSyncCount = row.InSyncReplicas.Count;
        _replicaCount = row.Replicas.Count;
        _time = services.Time;
        _metrics = services.Metrics;
        _retentionWanted = retentionWanted;
    }

    public PartitionId Id { get; }
    public string TopicName { get; }

    /// <summary>The topic's effective configs; a snapshot that is swapped on change.</summary>
    public TopicConfig Config => _config;

    /// <summary>Takes a log from its store and leads it under the row's epoch.</summary>
    /// <param name="retentionWanted">Called, seldom and on any thread, when there may be something to delete.</param>
    /// <exception cref="LogInUseException">Someone else has the log.</exception>
    /// <exception cref="LogNotFoundException">There is no such log.</exception>
    /// <exception cref="StaleLeaderEpochException">The log has seen a higher epoch than the row has.</exception>
    public static Replica Open(
        LogStore store, LogId logId, CatalogTopic topic, PartitionRow row, ReplicaServices services, Action? retentionWanted)
    {
        var replica = new Replica(topic, row, services, retentionWanted);
        var log = store.Open(logId, LogConfigOf(topic.Config), replica);
        var seenEpoch = Math.Max(log.SeenEpoch, log.Epochs.LatestEpoch);
        if (seenEpoch > row.LeaderEpoch)
        {
            log.Dispose();
            throw new StaleLeaderEpochException(topic.Name, row.Index, row.LeaderEpoch, seenEpoch);
        }

        lock (replica._gate)
        {
            replica._log = log;
            replica._maxBytesAtATime = store.Options.MaxAppendBytes;
            replica.AdvanceHighWatermark(log.DurableEndOffset);
            if (store.Failure is { } failure)
                replica.Fail(failure);
        }

        return replica;
    }

    /// <summary>True once the owner has closed it; it does not open again.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _state == ReplicaState.Closed;
        }
    }

    /// <summary>First offset that can be read.</summary>
    public long LogStartOffset => _log.StartOffset;

    /// <summary>Figures of this moment.</summary>
    public ReplicaDescription Describe()
    {
        lock (_gate)
        {
            return new ReplicaDescription
            {
                State = _state,
                LeaderEpoch = _leaderEpoch,
                LogStartOffset = _log.StartOffset,
                HighWatermark = _highWatermark,
                LogEndOffset = _log.EndOffset,
                SizeBytes = _log.SizeBytes,
                ProducerCount = _log.Producers.Count,
                WaitingFetchCount = _waiterCount,
                Failure = _failure?.ToString(),
            };
        }
    }

    /// <summary>Takes over changed configs.</summary>
    public void Configure(TopicConfig config)
    {
        lock (_gate)
        {
            _config = config;
            if (_state != ReplicaState.Closed)
                _log.Configure(LogConfigOf(config));
        }
    }

    /// <summary>
    /// Answers everything that waits with NOT_LEADER_OR_FOLLOWER (it may or may not become durable), wakes the fetches, and
    /// gives the log back. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        var done = default(AppendQueue);
        lock (_gate)
        {
            if (_state == ReplicaState.Closed)
                return;
            _state = ReplicaState.Closed;
            TakeAll(ErrorCode.NotLeaderOrFollower, ref done);
        }

        _log.Dispose();
        Finish(ref done);
        WakeAll();
    }

    private static LogConfig LogConfigOf(TopicConfig config) => new() { SegmentBytes = config.SegmentBytes, SegmentMs = config.SegmentMs };

    /// <summary>With one durable replica: acknowledged is what enough in-sync replicas (min.insync.replicas) have synced.</summary>
    private void AdvanceHighWatermark(long durableEndOffset)
    {
        if (HasEnoughInSync && durableEndOffset > _highWatermark)
            _highWatermark = durableEndOffset;
    }

    /// <summary>More replicas than the topic has cannot be asked for.</summary>
    private bool HasEnoughInSync => _inSyncCount >= Math.Min(_config.MinInSyncReplicas, _replicaCount);

    private void Fail(LogFailure failure)
    {
        _failure = failure;
        if (_state == ReplicaState.Leading)
            _state = ReplicaState.Failed;
    }
}
