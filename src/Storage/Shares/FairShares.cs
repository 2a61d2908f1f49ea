namespace Actors.Storage.Shares;

/// <summary>
/// Divides budgets among copies by max-min fairness: nobody's share can grow without taking from one that has no more. Copies are admitted
/// in the order they come in, each only when every resource it uses has room for the floors of all.
/// </summary>
/// <remarks>
/// For each resource the shares add up to at most its budget. A copy below its demand uses a resource whose budget is used up but for
/// less than a byte per second and copy on it, and no other copy there has more, unless that is its floor.
/// </remarks>
public static class FairShares
{
    /// <summary>Divides.</summary>
    /// <param name="budgets">Every resource that a demand names; one that is missing has nothing.</param>
    /// <param name="demands">The copies in the order in which they are admitted: those that run first.</param>
    /// <returns>A share for each demand, in the same order.</returns>
    public static IReadOnlyList<CopyShare> Divide(IReadOnlyDictionary<string, ResourceBudget> budgets, IReadOnlyList<CopyDemand> demands)
    {
        var waits = Admit(budgets, demands);
        var open = new List<int>(Enumerable.Range(0, demands.Count).Where(copy => waits[copy] is null));
        var shares = new long[demands.Count];
        var resources = open.SelectMany(copy => demands[copy].Resources).Distinct()
            .Select(name => new Resource(budgets[name].BytesPerSecond, [.. open.Where(copy => demands[copy].Resources.Contains(name))])).ToList();

        // Raise one level for all until a resource is used up or a demand is met; those it concerns stay where they are, the others go on.
        while (open.Count > 0)
        {
            var levels = resources.Select(resource => (Resource: resource, Level: HighestLevel(resource, demands, shares, open))).Where(pair => pair.Level is not null).ToList();
            var level = Math.Min(open.Max(copy => demands[copy].DemandBytesPerSecond), levels.Count == 0 ? long.MaxValue : levels.Min(pair => pair.Level!.Value));
            var full = levels.Where(pair => pair.Level == level).SelectMany(pair => pair.Resource.Copies).ToHashSet();
            foreach (var copy in open)
                shares[copy] = Share(demands[copy], level);
            open.RemoveAll(copy => full.Contains(copy) || demands[copy].DemandBytesPerSecond <= level);
        }

        return [.. demands.Select((demand, copy) => new CopyShare(demand.Id, shares[copy], waits[copy]))];
    }

    private static long Share(CopyDemand demand, long level) => Math.Clamp(level, demand.EffectiveFloorBytesPerSecond, demand.DemandBytesPerSecond);

    private static string?[] Admit(IReadOnlyDictionary<string, ResourceBudget> budgets, IReadOnlyList<CopyDemand> demands)
    {
        var used = new Dictionary<string, (Int128 Floors, int Copies)>();
        var waits = new string?[demands.Count];
        for (var copy = 0; copy < demands.Count; copy++)
        {
            var demand = demands[copy];
            waits[copy] = demand.Resources.FirstOrDefault(name => !HasRoom(name, demand));
            if (waits[copy] is not null) continue;
            foreach (var name in demand.Resources.Distinct())
            {
                var (floors, copies) = used.GetValueOrDefault(name);
                used[name] = (floors + demand.EffectiveFloorBytesPerSecond, copies + 1);
            }
        }

        return waits;

        bool HasRoom(string name, CopyDemand demand)
        {
            var (floors, copies) = used.GetValueOrDefault(name);
            return budgets.TryGetValue(name, out var budget)
                && copies < budget.MaxCopies
                && budget.BytesPerSecond > 0
                && floors + demand.EffectiveFloorBytesPerSecond <= budget.BytesPerSecond;
        }
    }

    // The highest level at which the resource's copies stay within its budget; null when none of them is open.
    private static long? HighestLevel(Resource resource, IReadOnlyList<CopyDemand> demands, long[] shares, List<int> open)
    {
        var growing = resource.Copies.Where(open.Contains).ToList();
        if (growing.Count == 0) return null;
        var left = resource.BytesPerSecond - resource.Copies.Except(growing).Aggregate((Int128)0, (sum, copy) => sum + shares[copy]);
        long fits = 0, tooHigh = growing.Max(copy => demands[copy].DemandBytesPerSecond);
        if (Sum(tooHigh) <= left) return tooHigh;
        while (tooHigh - fits > 1)
        {
            var middle = fits + (tooHigh - fits) / 2;
            if (Sum(middle) <= left) fits = middle;
            else tooHigh = middle;
        }

        return fits;

        Int128 Sum(long level) => growing.Aggregate((Int128)0, (sum, copy) => sum + Share(demands[copy], level));
    }

    private sealed record Resource(long BytesPerSecond, IReadOnlyList<int> Copies);
}
