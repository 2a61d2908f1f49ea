namespace Actors.Grains.Storage;

/// <summary>What silos tell of the use of pools. What was told lately counts, and of several the least: each takes the copies of the others for applications.</summary>
/// <param name="freshFor">How long what was told counts.</param>
internal sealed class PoolLoads(TimeSpan freshFor)
{
    private readonly SortedDictionary<string, Dictionary<string, (PoolSight Sight, long AtMs)>> _pools = new(StringComparer.Ordinal);

    /// <summary>Takes what a silo has seen. Time is monotonic.</summary>
    public void Observe(long nowMs, PoolSight sight)
    {
        if (!_pools.TryGetValue(sight.Pool, out var silos)) _pools.Add(sight.Pool, silos = []);
        silos[sight.Silo] = (sight, nowMs);
    }

    /// <summary>What applications do on the busier of two pools; null when neither is known.</summary>
    public long? Busier(long nowMs, string one, string other) => (Find(nowMs, one)?.BytesPerSecond, Find(nowMs, other)?.BytesPerSecond) switch
    {
        ({ } first, { } second) => Math.Max(first, second),
        var (first, second) => first ?? second,
    };

    /// <summary>Every pool of which somebody told lately.</summary>
    public PoolLoad[] Report(long nowMs)
    {
        foreach (var silos in _pools.Values)
        {
            foreach (var gone in silos.Where(sight => !IsFresh(sight.Value.AtMs, nowMs)).Select(static sight => sight.Key).ToList()) silos.Remove(gone);
        }

        return [.. _pools.Keys.Select(pool => Find(nowMs, pool)).OfType<PoolLoad>()];
    }

    private PoolLoad? Find(long nowMs, string pool)
    {
        if (!_pools.TryGetValue(pool, out var silos)) return null;
        var fresh = silos.Values.Where(sight => IsFresh(sight.AtMs, nowMs)).Select(static sight => sight.Sight).ToList();
        var known = fresh.Where(static sight => sight.ApplicationBytesPerSecond is not null).Min(static sight => sight.ApplicationBytesPerSecond);
        return fresh.Count == 0 ? null : new PoolLoad { Pool = pool, BytesPerSecond = known, Unknown = known is null ? fresh[0].Unknown ?? "nobody can tell" : null };
    }

    private bool IsFresh(long atMs, long nowMs) => nowMs - atMs <= freshFor.TotalMilliseconds;
}
