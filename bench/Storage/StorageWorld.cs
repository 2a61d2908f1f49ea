using System.Text.Json.Nodes;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;

namespace Actors.Bench.Storage;

/// <summary>Policies, volumes and pools of a shape. Nothing moves, so that all rounds have the same work.</summary>
internal sealed class StorageWorld
{
    private const long Terabyte = 1_000_000_000_000;

    private readonly Dictionary<string, TierMemory> _memories = [];

    public StorageWorld(StorageShape shape)
    {
        Pools = [.. from tier in (string[])["hot", "warm", "cold"]
                    from node in (string[])["a", "b", "c"]
                    select new PoolFacts($"{tier}-{node}", node, new Dictionary<string, string> { ["tier"] = tier }, true, 100 * Terabyte, 50 * Terabyte)];
        Volumes = [.. Enumerable.Range(0, shape.Volumes).Select(index => new VolumeFacts(
            SlowPrometheus.Name(index), "mayastor", new Dictionary<string, string> { ["app"] = App(index % shape.Policies) }, Terabyte / 100,
            [Pools[index % Pools.Count].Name, Pools[(index + 4) % Pools.Count].Name], IsHealthy: true, IsMoving: false))];
        Policies = [.. Enumerable.Range(0, shape.Policies).Select(index => (Policy(index, shape), new StoragePolicyStatus()))];
    }

    public IReadOnlyList<PoolFacts> Pools { get; }

    public IReadOnlyList<VolumeFacts> Volumes { get; }

    public IReadOnlyList<(StoragePolicy Policy, StoragePolicyStatus Status)> Policies { get; private set; }

    public TierMemory MemoryOf(VolumeFacts volume) => _memories.GetValueOrDefault(volume.Name, TierMemory.Empty);

    public void Take(IReadOnlyList<PolicyRoundResult> results)
    {
        Policies = [.. results.Select(static result => (result.Policy, result.Status))];
        foreach (var (volume, decision) in results.SelectMany(static result => result.Decisions)) _memories[volume] = decision.Memory;
    }

    private static string App(int policy) => FormattableString.Invariant($"app-{policy}");

    private static StoragePolicy Policy(int index, StorageShape shape)
    {
        var mistakes = new List<string>();
        var spec = PolicyFields.Read(new JsonObject
        {
            ["hotPoolSelector"] = Tier("hot"),
            ["warmPoolSelector"] = Tier("warm"),
            ["coldPoolSelector"] = Tier("cold"),
            ["volumeSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = App(index) } },
            ["samplingWindow"] = FormattableString.Invariant($"{600 + index % shape.Windows * 60}s"),
            ["dryRun"] = true,
        }, mistakes);
        return mistakes.Count == 0 ? new StoragePolicy(FormattableString.Invariant($"policy-{index:000}"), spec) : throw new InvalidOperationException(string.Join("; ", mistakes));
    }

    private static JsonObject Tier(string name) => new() { ["matchLabels"] = new JsonObject { ["tier"] = name } };
}
