using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Tiering;

/// <summary>Three nodes with a pool of each tier, a policy over them, and volumes.</summary>
internal static class TierWorld
{
    public const long Gigabyte = 1_000_000_000;

    public static readonly TieringOptions Options = new();

    public static readonly TierPlanner Planner = new(Options);

    public static Dictionary<string, PoolFacts> Pools { get; } = (
        from tier in (string[])["hot", "warm", "cold"]
        from node in (string[])["a", "b", "c"]
        select new PoolFacts($"{tier}-{node}", node, new Dictionary<string, string> { ["tier"] = tier }, true, 1_000 * Gigabyte, 500 * Gigabyte)).ToDictionary(pool => pool.Name);

    public static StoragePolicy Policy(string name = "fast", string extra = "")
    {
        var file = PolicyFile.Read($$"""
            apiVersion: storage.billyronks.io/v1
            kind: StoragePolicy
            metadata: { name: {{name}} }
            spec:
              hotPoolSelector: { matchLabels: { tier: hot } }
              warmPoolSelector: { matchExpressions: [ { key: tier, operator: In, values: [warm] } ] }
              coldPoolSelector: { matchLabels: { tier: cold } }
              {{extra}}
            """);
        Assert.Empty(file.Mistakes);
        return file.Policies.Single();
    }

    public static VolumeFacts Volume(params string[] pools) =>
        new("v", "mayastor", new Dictionary<string, string> { ["app"] = "db" }, 10 * Gigabyte, pools, IsHealthy: true, IsMoving: false);

    /// <summary>A memory in which the next reading completes the row.</summary>
    public static TierMemory Ready(Tier wanted) => new(wanted, Options.Readings - 1, 0, 0);

    public static HeatReading Iops(double iops, long atMs = 300_000) => new(iops, null, atMs);

    public static TierDecision Decide(VolumeFacts volume, StoragePolicy policy, HeatReading reading, TierMemory memory, IReadOnlyDictionary<string, PoolFacts>? pools = null, int moving = 0) =>
        Planner.Decide(volume, policy, pools ?? Pools, reading, memory, moving, reading.AtMs);
}
