using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Actors.Grains.Storage;

/// <summary>What the tiering controller reports. Safe to use from any thread.</summary>
/// <remarks>The first five names are those of the controller that this one succeeds; its dashboards and alerts use them.</remarks>
public sealed class StorageMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Actors.Storage";

    /// <summary>The histogram that has a series for each policy.</summary>
    public const string ReconcileDurationName = "storage_operator_reconcile_duration";

    /// <summary>Its label.</summary>
    public const string PolicyLabel = "policy";

    private readonly Counter<long> _reconciles;
    private readonly Histogram<double> _reconcileDuration;
    private readonly Counter<long> _migrations;
    private readonly ConcurrentDictionary<string, double> _progress = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _policies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _overdue = new(StringComparer.Ordinal);
    private volatile LinkReport[] _links = [];
    private volatile Counts? _counts;

    /// <summary>Declares the metrics.</summary>
    public StorageMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _reconciles = meter.CreateCounter<long>("storage_operator_reconcile_total", "reconciles", "Reconciles of policies, those that failed too.");
        _reconcileDuration = meter.CreateHistogram<double>(
            ReconcileDurationName, "s", "Seconds of a policy's reconcile until its status was stored, by policy; policies of one round share what they read.");
        _migrations = meter.CreateCounter<long>("storage_operator_migrations_total", "migrations", "Migrations that ended, by status: success, failed or aborted.");
        meter.CreateObservableGauge("storage_operator_active_migrations", () => Read(static counts => counts.Active), "migrations", "Migrations that were decided and have not ended; shown by the silo that decides.");
        meter.CreateObservableGauge("storage_operator_work_queue_depth", () => Read(static counts => counts.Waiting), "volumes", "Volumes that another tier wants and that do not move yet, because something stands against it or their order is not taken; shown by the silo that decides.");
        meter.CreateObservableGauge(
            "actors_link_budget_bytes_per_second",
            () => _links.Select(static link => new Measurement<long>(link.BudgetBytesPerSecond, Label("link", link.Name))),
            "By/s",
            "Bytes per second that copies may take of a link together.");
        meter.CreateObservableGauge(
            "actors_link_granted_bytes_per_second",
            () => _links.Select(static link => new Measurement<long>(link.GrantedBytesPerSecond, Label("link", link.Name))),
            "By/s",
            "Bytes per second of a link that are lent to copies.");
        meter.CreateObservableGauge(
            "actors_migration_progress_ratio",
            () => _progress.Select(static volume => new Measurement<double>(volume.Value, Label("volume", volume.Key))),
            "ratio",
            "Ratio of what is copied of the replica that moves, 0 to 1, by volume.");
        meter.CreateObservableGauge(
            "actors_migration_overdue",
            () => _overdue.Select(static volume => new Measurement<long>(volume.Value ? 1 : 0, Label("volume", volume.Key))),
            "migrations",
            "Migrations that stand longer in their phase than they may, so that somebody should look: 1, else 0, by volume that moves.");
    }

    /// <summary>Whether this silo reconciles a policy of that name: an instrument goes on with a series for as long as its silo runs, also when the policy is deleted.</summary>
    public bool Reconciles(string policy) => _policies.ContainsKey(policy);

    internal void Reconciled(string policy, TimeSpan duration)
    {
        _policies[policy] = true;
        _reconciles.Add(1);
        _reconcileDuration.Record(duration.TotalSeconds, Label(PolicyLabel, policy));
    }

    /// <summary>There is no such policy any more.</summary>
    internal void ForgetPolicy(string policy) => _policies.TryRemove(policy, out _);

    internal void Ended(MigrationEnd end) => _migrations.Add(1, Label("status", end.IsDone ? "success" : end.IsAborted ? "aborted" : "failed"));

    internal void Count(int active, int waiting) => _counts = new Counts(active, waiting);

    /// <summary>The grain that decides has left this silo.</summary>
    internal void CountNoMore()
    {
        _counts = null;
        _policies.Clear();
    }

    internal void Show(LinkReport[] links) => _links = links;

    internal void Progress(string volume, double ratio) => _progress[volume] = ratio;

    internal void Overdue(string volume, bool isOverdue) => _overdue[volume] = isOverdue;

    /// <summary>The volume does not move, or not here.</summary>
    internal void Forget(string volume)
    {
        _progress.TryRemove(volume, out _);
        _overdue.TryRemove(volume, out _);
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private Measurement<long>[] Read(Func<Counts, long> of) => _counts is { } counts ? [new(of(counts))] : [];

    private sealed record Counts(long Active, long Waiting);
}
