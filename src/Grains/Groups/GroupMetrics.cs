using System.Diagnostics.Metrics;
using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>What the coordinators of a silo measure. One per silo; instruments that nobody listens to cost a comparison.</summary>
public sealed class GroupMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Actors.Groups";

    /// <summary>Most series of the lag; a scrape stays affordable however many partitions groups commit.</summary>
    public const int MaxLagSeries = 10_000;

    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _appends;
    private readonly Histogram<double> _loadSeconds;
    private volatile Func<IEnumerable<GroupOverview>>? _groups;
    private volatile Func<IEnumerable<(string Group, GroupTopicPartition Partition, long Lag)>>? _lags;
    private long _members;

    /// <summary>Declares the instruments.</summary>
    public GroupMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _rebalances = meter.CreateCounter<long>("actors_consumer_group_rebalances_total", null, "Rebalances that began.");
        _commits = meter.CreateCounter<long>("actors_consumer_group_commits_total", null, "Offsets that members wanted to commit, by error.");
        _appends = meter.CreateCounter<long>("actors_consumer_group_appends_total", null, "Batches appended to __consumer_offsets, by error.");
        _loadSeconds = meter.CreateHistogram<double>("actors_consumer_group_load_seconds", "s", "Replay of one partition of __consumer_offsets, in seconds.");
        meter.CreateObservableGauge("actors_consumer_group_members", () => Interlocked.Read(ref _members), null, "Members of all groups that this silo coordinates.");
        meter.CreateObservableGauge("actors_consumer_groups", ObserveGroups, null, "Groups that this silo coordinates, by state.");
        meter.CreateObservableGauge("actors_consumer_group_lag", ObserveLags, null, "Records below the high watermark that a group has not committed.");
    }

    /// <summary>Where the gauges look when they are scraped; called once, when the coordinator starts.</summary>
    internal void Watch(
        Func<IEnumerable<GroupOverview>> groups,
        Func<IEnumerable<(string Group, GroupTopicPartition Partition, long Lag)>> lags)
    {
        _groups = groups;
        _lags = lags;
    }

    internal void Rebalanced(long count) => _rebalances.Add(count);

    internal void MembersChanged(long by) => Interlocked.Add(ref _members, by);

    internal void Committed(ErrorCode error, int count) => _commits.Add(count, new KeyValuePair<string, object?>("error", error.ToString()));

    internal void Appended(int writes, ErrorCode error)
    {
        if (writes > 0)
            _appends.Add(1, new KeyValuePair<string, object?>("error", error.ToString()));
    }

    internal void Loaded(TimeSpan took) => _loadSeconds.Record(took.TotalSeconds);

    private IEnumerable<Measurement<long>> ObserveGroups() =>
        (_groups?.Invoke() ?? [])
            .GroupBy(group => group.State)
            .Select(state => new Measurement<long>(state.Count(), new KeyValuePair<string, object?>("state", state.Key)));

    private IEnumerable<Measurement<long>> ObserveLags() =>
        (_lags?.Invoke() ?? [])
            .Take(MaxLagSeries)
            .Select(lag => new Measurement<long>(
                lag.Lag,
                new KeyValuePair<string, object?>("group", lag.Group),
                new KeyValuePair<string, object?>("topic", lag.Partition.Topic),
                new KeyValuePair<string, object?>("partition", lag.Partition.Partition)));
}
