using Actors.Storage.Heat;
using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>
/// One reconcile of policies over all volumes: who owns which volume, what is decided over each, and what the statuses say. It starts nothing and
/// waits for nothing; a move that is decided is as good as begun for the rest of the round: it counts for its policy and takes its room in the pool.
/// </summary>
/// <param name="options">How carefully.</param>
public sealed class PolicyRound(TieringOptions options)
{
    private readonly TierPlanner _planner = new(options);

    /// <summary>Reconciles.</summary>
    /// <param name="policies">All policies, each with its last status.</param>
    /// <param name="volumes">All volumes.</param>
    /// <param name="pools">All pools.</param>
    /// <param name="readingOf">A volume's heat over the window of its policy.</param>
    /// <param name="memoryOf">What is remembered of a volume.</param>
    /// <param name="nowMs">Milliseconds since 1970.</param>
    /// <returns>One result a policy, in the order of the policies.</returns>
    public IReadOnlyList<PolicyRoundResult> Reconcile(
        IReadOnlyList<(StoragePolicy Policy, StoragePolicyStatus Status)> policies,
        IReadOnlyList<VolumeFacts> volumes,
        IEnumerable<PoolFacts> pools,
        Func<VolumeFacts, StoragePolicy, HeatReading> readingOf,
        Func<VolumeFacts, TierMemory> memoryOf,
        long nowMs)
    {
        var room = pools.ToDictionary(pool => pool.Name);
        var owned = policies.ToDictionary(pair => pair.Policy.Name, _ => new List<VolumeFacts>());
        var lost = policies.ToDictionary(pair => pair.Policy.Name, _ => new List<(string Volume, string Owner)>());
        var order = new PolicyOrder(policies.Select(static pair => pair.Policy));
        foreach (var volume in volumes)
        {
            var ownership = order.Of(volume);
            if (ownership.Owner is { } owner) owned[owner.Name].Add(volume);
            foreach (var other in ownership.Others) lost[other.Name].Add((volume.Name, ownership.Owner!.Name));
        }

        return [.. policies.Select(pair => Reconcile(pair.Policy, pair.Status, owned[pair.Policy.Name], lost[pair.Policy.Name], room, readingOf, memoryOf, nowMs))];
    }

    private PolicyRoundResult Reconcile(
        StoragePolicy policy, StoragePolicyStatus last, List<VolumeFacts> volumes, List<(string Volume, string Owner)> lost, Dictionary<string, PoolFacts> room,
        Func<VolumeFacts, StoragePolicy, HeatReading> readingOf, Func<VolumeFacts, TierMemory> memoryOf, long nowMs)
    {
        var tiers = new TierPools(policy.Spec, room, options);
        var decisions = new Dictionary<string, TierDecision>();
        var moving = volumes.Count(volume => volume.IsMoving);
        var unknown = new List<(string Volume, string Reason)>();
        // The busiest gain most from a better place.
        foreach (var (volume, reading) in volumes.Select(volume => (volume, readingOf(volume, policy))).OrderByDescending(pair => pair.Item2.Iops ?? -1).ThenBy(pair => pair.volume.Name, StringComparer.Ordinal))
        {
            if (reading.Unknown is { } reason) unknown.Add((volume.Name, reason));
            var decision = _planner.Decide(volume, policy, room, reading, memoryOf(volume), moving, nowMs);
            decisions.Add(volume.Name, decision);
            if (decision.Action != TierAction.Move) continue;
            moving++;
            foreach (var move in decision.Moves)
                room[move.TargetPool] = room[move.TargetPool] with { FreeBytes = room[move.TargetPool].FreeBytes - volume.SizeBytes };
        }

        var placed = volumes.ToLookup(tiers.TierOf);
        var status = last with
        {
            Phase = policy.Spec.Enabled ? PolicyPhase.Active : PolicyPhase.Disabled,
            WatchedVolumes = volumes.Count,
            HotVolumes = placed[Tier.Hot].Count(),
            WarmVolumes = placed[Tier.Warm].Count(),
            ColdVolumes = placed[Tier.Cold].Count(),
            ActiveMigrations = moving,
            LastReconcileTime = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
        };
        var homeless = decisions.Where(pair => pair.Value.NoPool is not null).Select(pair => (pair.Key, pair.Value.NoPool!)).ToList();
        return new PolicyRoundResult(policy, Conditions(policy, volumes.Count, unknown, lost, homeless, nowMs).Aggregate(status, (before, condition) => before.With(condition)), decisions);
    }

    private static IEnumerable<PolicyCondition> Conditions(
        StoragePolicy policy, int volumes, List<(string Volume, string Reason)> unknown, List<(string Volume, string Owner)> lost, List<(string Volume, string Reason)> homeless, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        yield return policy.Spec.Enabled
            ? new("Ready", "True", now, policy.Spec.DryRun ? "DryRun" : "Reconciled", FormattableString.Invariant($"{volumes} volumes are watched."))
            : new("Ready", "False", now, "Disabled", "Nothing is measured and nothing moves; set enabled to go on.");
        yield return unknown.Count == 0
            ? new("MetricsAvailable", "True", now, "Fresh", "The heat of every volume is known.")
            : new("MetricsAvailable", "False", now, "MetricsUnavailable", FormattableString.Invariant(
                $"The heat of {unknown.Count} volumes is not known, so they stay; look at Prometheus and the exporter. {unknown[0].Volume}: {unknown[0].Reason}."));
        yield return homeless.Count == 0
            ? new("PoolsAvailable", "True", now, "Room", "No volume that is wanted in another tier lacks a pool there.")
            : new("PoolsAvailable", "False", now, "NoPool", FormattableString.Invariant(
                $"{homeless.Count} volumes are wanted in another tier and stay, for no pool there takes them; add room or a pool, or bring back one that is away. {homeless[0].Volume}: {homeless[0].Reason}."));
        yield return lost.Count == 0
            ? new("Conflict", "False", now, "NoConflict", "No other policy has volumes that this one selects.")
            : new("Conflict", "True", now, "OwnedByAnother", FormattableString.Invariant(
                $"{lost.Count} volumes that this policy selects belong to another; change a selector or a priority. {lost[0].Volume} belongs to {lost[0].Owner}."));
        if (policy.Spec.EcPolicyRef is not null) yield return PolicyCondition.ErasureCodingNotSupported(now);
    }
}
