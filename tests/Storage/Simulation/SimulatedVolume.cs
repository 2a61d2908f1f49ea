using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Simulation;

/// <summary>A volume: how hot it is, where it lies, what is remembered of it, and the replicas that are still to move.</summary>
internal sealed class SimulatedVolume(string name, string policy, long sizeBytes, bool isSingle, IReadOnlyList<string> pools, Habit habit)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Labels = [];

    public string Name { get; } = name;

    public string Policy { get; } = policy;

    public long SizeBytes { get; } = sizeBytes;

    /// <summary>Whether it runs on one replica, as with files and qemu; else on all alike.</summary>
    public bool IsSingle { get; } = isSingle;

    public List<string> Pools { get; } = [.. pools];

    public Habit Habit { get; set; } = habit;

    public TierMemory Memory { get; set; } = TierMemory.Empty;

    public Queue<ReplicaMove> Moves { get; } = new();

    public SimulatedMigration? Migration { get; set; }

    /// <summary>The decision that it moves by.</summary>
    public TierDecision? Decision { get; set; }

    public long DecidedAtMs { get; set; }

    public bool IsMoving => Migration is not null || Moves.Count > 0;

    public VolumeFacts ToFacts() => new(Name, "mayastor", LabelsOf(Policy), SizeBytes, [.. Pools], IsHealthy: true, IsMoving);

    private static Dictionary<string, string> LabelsOf(string policy) => Labels.TryGetValue(policy, out var labels) ? labels : Labels[policy] = new() { ["app"] = policy };
}
