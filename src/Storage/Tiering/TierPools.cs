using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>Pools by tier, and where a volume's replicas may go.</summary>
/// <param name="Spec">The policy whose selectors say which pools belong to a tier.</param>
/// <param name="Pools">All pools by name.</param>
/// <param name="Options">How full a pool may become, and what the back end can do.</param>
public sealed record TierPools(StoragePolicySpec Spec, IReadOnlyDictionary<string, PoolFacts> Pools, TieringOptions Options)
{
    private static readonly Tier[] Tiers = [Tier.Hot, Tier.Warm, Tier.Cold];

    /// <summary>A pool's tier: the hottest whose selector takes it.</summary>
    public Tier TierOf(string pool)
    {
        if (!Pools.TryGetValue(pool, out var facts)) return Tier.None;
        foreach (var tier in Tiers)
        {
            if (Selector(tier)?.Matches(facts.Labels) == true) return tier;
        }

        return Tier.None;
    }

    /// <summary>A volume's tier: the one in which all of its replicas lie.</summary>
    public Tier TierOf(VolumeFacts volume)
    {
        if (volume.Pools.Count == 0) return Tier.None;
        var first = TierOf(volume.Pools[0]);
        for (var index = 1; index < volume.Pools.Count; index++)
        {
            if (TierOf(volume.Pools[index]) != first) return Tier.None;
        }

        return first;
    }

    /// <summary>Where each replica that is not in the tier goes: to a pool with room, on a node without another replica of the volume, the emptiest first.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="tier">Where it is wanted.</param>
    /// <param name="blocks">Receives a sentence for each replica that finds no pool.</param>
    public IReadOnlyList<ReplicaMove> Moves(VolumeFacts volume, Tier tier, IList<string> blocks)
    {
        var moves = new List<ReplicaMove>();
        var places = volume.Pools.ToList();
        for (var replica = 0; replica < places.Count; replica++)
        {
            var source = places[replica];
            if (TierOf(source) == tier) continue;
            var others = places.Where((_, index) => index != replica).ToList();
            var pool = Pools.Values.Where(candidate => TierOf(candidate.Name) == tier && Refusal(volume, candidate, source, others) is null)
                .OrderByDescending(candidate => (double)(candidate.FreeBytes - volume.SizeBytes) / Math.Max(1, candidate.CapacityBytes))
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal).FirstOrDefault();
            if (pool is null)
            {
                var refusals = Pools.Values.Where(candidate => TierOf(candidate.Name) == tier).OrderBy(candidate => candidate.Name, StringComparer.Ordinal)
                    .Select(candidate => $"{candidate.Name} {Refusal(volume, candidate, source, others)}").ToList();
                blocks.Add(refusals.Count == 0 ? $"no pool is of the {tier} tier" : $"no pool of the {tier} tier takes the replica in {source}: {string.Join("; ", refusals)}");
                continue;
            }

            moves.Add(new ReplicaMove(source, pool.Name));
            places[replica] = pool.Name;
        }

        return moves;
    }

    /// <summary>Why a pool does not take a replica; null when it does. Asked when a migration is decided, and again right before it switches.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="source">Where the replica lies.</param>
    /// <param name="others">Where the volume's other replicas lie.</param>
    public string? Refusal(VolumeFacts volume, PoolFacts pool, string source, IEnumerable<string> others)
    {
        if (!pool.IsUsable) return "is not online or takes no new volumes";
        var occupied = others.Append(Options.CanChangePoolOnNode ? null : source).OfType<string>();
        if (occupied.Contains(pool.Name) || occupied.Any(name => Pools.TryGetValue(name, out var held) && held.Node == pool.Node))
            return $"lies on {pool.Node}, which holds a replica already";
        var left = pool.FreeBytes - volume.SizeBytes;
        var kept = (long)((Int128)pool.CapacityBytes * Options.MinFreePercent / 100);
        return left < kept ? FormattableString.Invariant($"has {pool.FreeBytes} bytes free; {volume.SizeBytes} are needed and {kept} stay free") : null;
    }

    private LabelSelector? Selector(Tier tier) => tier switch
    {
        Tier.Hot => Spec.HotPoolSelector,
        Tier.Warm => Spec.HasWarmTier ? Spec.WarmPoolSelector : null,
        _ => Spec.ColdPoolSelector,
    };
}
