using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;

namespace Actors.Grains.Storage;

/// <summary>Pools, volumes and heat as they were read together.</summary>
internal sealed class TieringSight
{
    private readonly HeatReadings? _heat;
    private readonly string _unknown;
    private readonly long _nowMs;

    /// <param name="inventory">What the back end has.</param>
    /// <param name="heat">What was measured; null when that is not known.</param>
    /// <param name="unknown">Why it is not known.</param>
    /// <param name="orders">Migrations that have not ended.</param>
    /// <param name="nowMs">Milliseconds since 1970.</param>
    public TieringSight(BackEndInventory inventory, HeatReadings? heat, string unknown, IEnumerable<MigrationOrder> orders, long nowMs)
    {
        (_heat, _unknown, _nowMs) = (heat, unknown, nowMs);
        var open = orders.ToDictionary(static order => order.Volume);
        Volumes = [.. inventory.Volumes.Select(volume => volume with { IsMoving = open.ContainsKey(volume.Name) }).OrderBy(static volume => volume.Name, StringComparer.Ordinal)];
        // What a replica takes that is not made yet is not free any more.
        var promised = Volumes.Where(static volume => volume.IsMoving)
            .SelectMany(volume => open[volume.Name].Moves.Where(move => !volume.Pools.Contains(move.TargetPool)).Select(move => (move.TargetPool, volume.SizeBytes)))
            .ToLookup(static promise => promise.TargetPool, static promise => promise.SizeBytes);
        Pools = inventory.Pools.ToDictionary(static pool => pool.Name, pool => pool with { FreeBytes = pool.FreeBytes - promised[pool.Name].Sum() });
    }

    /// <summary>The volumes by name, with those marked that move.</summary>
    public IReadOnlyList<VolumeFacts> Volumes { get; }

    /// <summary>The pools, with what is promised to migrations taken off their room.</summary>
    public IReadOnlyDictionary<string, PoolFacts> Pools { get; }

    /// <summary>A volume's heat over its policy's window.</summary>
    public HeatReading ReadingOf(VolumeFacts volume, StoragePolicy policy) => _heat?.Of(volume.Name, policy.Spec.SamplingWindow)
        ?? new HeatReading(null, _unknown, _nowMs);

    /// <summary>Why a replica does not go somewhere by request; null when it does.</summary>
    public string? Refusal(TieringOptions options, VolumeFacts facts, string? sourcePool, string targetPool)
    {
        var volume = facts.Name;
        if (facts.IsMoving) return $"{volume} moves already";
        if (!Pools.TryGetValue(targetPool, out var target)) return $"there is no pool {targetPool}; there are {string.Join(", ", Pools.Keys.Order(StringComparer.Ordinal))}";
        if (sourcePool is null && facts.Pools.Count != 1) return $"{volume} has replicas in {string.Join(", ", facts.Pools)}; say which of them is to move";
        var source = sourcePool ?? facts.Pools[0];
        if (!facts.Pools.Contains(source)) return $"{volume} has no replica in {source}; it has in {string.Join(", ", facts.Pools)}";
        if (facts.Pools.Contains(targetPool)) return $"{volume} has a replica in {targetPool} already";
        if (!facts.IsHealthy) return $"not all replicas of {volume} are in sync";
        return new TierPools(new StoragePolicySpec(), Pools, options).Refusal(facts, target, source, facts.Pools.Where(pool => pool != source)) is { } refusal
            ? $"{targetPool} {refusal}"
            : null;
    }

    /// <summary>The order that a decision comes to.</summary>
    public MigrationOrder Order(TieringServices services, string volume, StoragePolicy policy, TierDecision decision, long nowMs)
    {
        var facts = Volumes.First(one => one.Name == volume);
        return new MigrationOrder
        {
            Id = services.Ids.NextGuid(),
            Volume = volume,
            Policy = policy.Name,
            FromTier = Words.Of(decision.From),
            ToTier = Words.Of(decision.To),
            TriggerIops = ReadingOf(facts, policy).Iops ?? 0,
            Moves = [.. decision.Moves.Select(Way)],
            SizeBytes = facts.SizeBytes,
            CopyTimeoutMs = (long)policy.Spec.MigrationTimeout.TotalMilliseconds,
            DecidedAtMs = nowMs,
            NotBeforeMs = nowMs + services.Ids.NextInt(1 + (int)Math.Clamp(services.Settings.LongestStartPause.TotalMilliseconds, 0, int.MaxValue - 1)),
        };
    }

    /// <summary>The order of somebody who asked.</summary>
    public MigrationOrder OrderByHand(TieringServices services, VolumeFacts facts, string sourcePool, string targetPool, StoragePolicy? owner, long nowMs)
    {
        var tiers = owner is null ? null : new TierPools(owner.Spec, Pools, services.Settings.Tiering);
        return new MigrationOrder
        {
            Id = services.Ids.NextGuid(),
            Volume = facts.Name,
            FromTier = Words.Of(tiers?.TierOf(sourcePool) ?? Tier.None),
            ToTier = Words.Of(tiers?.TierOf(targetPool) ?? Tier.None),
            Moves = [Way(new ReplicaMove(sourcePool, targetPool))],
            SizeBytes = facts.SizeBytes,
            CopyTimeoutMs = (long)(owner?.Spec.MigrationTimeout ?? services.Settings.Migrations.CopyTimeout).TotalMilliseconds,
            DecidedAtMs = nowMs,
            NotBeforeMs = nowMs,
        };
    }

    /// <summary>The pools for people.</summary>
    public TieringReport ReportPools(TieringServices services) => new()
    {
        BackEnd = services.BackEnd!.Name,
        Budget = Words.Of(services.BackEnd.Budget),
        Pools = [.. Pools.Values.OrderBy(static pool => pool.Name, StringComparer.Ordinal).Select(Report)],
    };

    /// <summary>Everything for people.</summary>
    public TieringReport Report(TieringServices services, IReadOnlyCollection<StoragePolicy> policies, IEnumerable<PolicyRoundResult> results, Func<VolumeFacts, TierMemory> memoryOf)
    {
        var decided = results.SelectMany(static result => result.Decisions.Select(decision => (decision.Key, result.Policy, Decision: decision.Value))).ToDictionary(static one => one.Key);
        return ReportPools(services) with
        {
            Volumes =
            [
                .. Volumes.Select(volume => decided.TryGetValue(volume.Name, out var one)
                    ? Report(volume, services, policies, one.Policy, one.Decision, memoryOf(volume))
                    : Report(volume) with { Why = "no enabled policy selects it", Next = "nothing, until one does" }),
            ],
        };
    }

    private OrderedMove Way(ReplicaMove move) => new()
    {
        SourcePool = move.SourcePool,
        TargetPool = move.TargetPool,
        SourceNode = Pools.GetValueOrDefault(move.SourcePool)?.Node ?? "",
        TargetNode = Pools.GetValueOrDefault(move.TargetPool)?.Node ?? "",
    };

    private PoolReport Report(PoolFacts pool) => new()
    {
        Name = pool.Name,
        Node = pool.Node,
        Labels = Labels(pool.Labels),
        IsUsable = pool.IsUsable,
        CapacityBytes = pool.CapacityBytes,
        FreeBytes = Math.Max(0, pool.FreeBytes),
        Replicas = Volumes.Sum(volume => volume.Pools.Count(name => name == pool.Name)),
    };

    private static VolumeReport Report(VolumeFacts volume) => new()
    {
        Name = volume.Name,
        StorageClass = volume.StorageClass,
        Labels = Labels(volume.Labels),
        SizeBytes = volume.SizeBytes,
        Pools = [.. volume.Pools],
        IsHealthy = volume.IsHealthy,
        IsMoving = volume.IsMoving,
    };

    private VolumeReport Report(VolumeFacts volume, TieringServices services, IEnumerable<StoragePolicy> policies, StoragePolicy owner, TierDecision decision, TierMemory memory)
    {
        var reading = ReadingOf(volume, owner);
        return Report(volume) with
        {
            Policy = owner.Name,
            OtherPolicies = [.. PolicyOwnership.Of(volume, policies).Others.Select(static other => other.Name)],
            Tier = Words.Of(decision.From),
            WantedTier = Words.Of(decision.To),
            Action = Words.Of(decision.Action),
            Iops = reading.Iops,
            HeatUnknown = reading.Unknown,
            Why = decision.Why,
            Next = decision.Next,
            Blocks = [.. decision.Blocks],
            Moves = [.. decision.Moves.Select(move => Cost(move, volume, services.Settings))],
            ReadingsInRow = decision.Memory.InRow,
            CooldownUntil = memory.CooldownUntilMs > _nowMs ? DateTimeOffset.FromUnixTimeMilliseconds(memory.CooldownUntilMs) : null,
        };
    }

    private MoveReport Cost(ReplicaMove move, VolumeFacts volume, TieringSettings settings)
    {
        var way = Way(move);
        var route = CopyRoute.Of(way, settings);
        var rate = route.AloneBytesPerSecond(settings);
        return new MoveReport
        {
            SourcePool = move.SourcePool,
            TargetPool = move.TargetPool,
            Link = route.Link?.Name,
            IsOverNoLink = route.Link is null && way.SourceNode != way.TargetNode,
            Bytes = volume.SizeBytes,
            BytesPerSecond = rate,
            Seconds = rate == 0 ? double.MaxValue : Math.Round((double)volume.SizeBytes / rate, 3),
        };
    }

    private static string[] Labels(IReadOnlyDictionary<string, string> labels) =>
        [.. labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}={label.Value}")];
}
