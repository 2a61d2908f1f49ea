using Actors.Storage.Heat;
using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>Decides over one volume. It reads what it is given and changes nothing, so that a dry run, an explanation and the real thing are the same.</summary>
/// <param name="options">How carefully.</param>
public sealed class TierPlanner(TieringOptions options)
{
    /// <summary>Decides.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="policy">The policy that owns it.</param>
    /// <param name="pools">All pools by name.</param>
    /// <param name="reading">Its heat.</param>
    /// <param name="memory">What was remembered of it.</param>
    /// <param name="movingOfPolicy">How many of the policy's volumes are moving.</param>
    /// <param name="nowMs">Milliseconds since 1970.</param>
    public TierDecision Decide(
        VolumeFacts volume, StoragePolicy policy, IReadOnlyDictionary<string, PoolFacts> pools, HeatReading reading, TierMemory memory, int movingOfPolicy, long nowMs)
    {
        var spec = policy.Spec;
        var tiers = new TierPools(spec, pools, options);
        var current = tiers.TierOf(volume);
        if (!spec.Enabled) return Stays($"policy {policy.Name} is disabled", "nothing, until it is enabled", memory.After(current, null, reading.AtMs, options));
        if (volume.IsMoving) return Stays("it is moving", "its migration goes on", memory);
        if (reading.Iops is not { } iops)
            return Stays($"its heat is not known: {reading.Unknown}", "nothing, until there is data", memory.After(current, null, reading.AtMs, options));

        var wanted = TierRule.Wanted(current, iops, spec, options.MarginPercent);
        if (wanted == current)
            return Stays(FormattableString.Invariant($"{iops:0.#} operations/s keep it in the {current} tier"), "nothing, while its heat stays so", memory.After(current, null, reading.AtMs, options));

        var remembered = memory.After(current, wanted, reading.AtMs, options);
        var agreed = remembered.Agreed(options);
        wanted = agreed ?? wanted;
        var blocks = new List<string>();
        if (agreed is null)
            blocks.Add(FormattableString.Invariant($"{remembered.InRow} of {options.Readings} readings in a row want the {wanted} tier"));
        if (nowMs < memory.CooldownUntilMs)
            blocks.Add(FormattableString.Invariant($"it moved lately and stays until {DateTimeOffset.FromUnixTimeMilliseconds(memory.CooldownUntilMs):u}"));
        if (!volume.IsHealthy) blocks.Add("not all of its replicas are in sync");
        if (movingOfPolicy >= spec.MaxConcurrentMigrations)
            blocks.Add(FormattableString.Invariant($"policy {policy.Name} moves {movingOfPolicy} volumes, its maximum"));
        var others = blocks.Count;
        var moves = tiers.Moves(volume, wanted, blocks);
        var action = blocks.Count > 0 ? TierAction.Blocked : spec.DryRun ? TierAction.DryRun : TierAction.Move;
        return new TierDecision(
            action, current, wanted, moves,
            FormattableString.Invariant($"{iops:0.#} operations/s want it in the {wanted} tier"),
            action switch
            {
                TierAction.Move => $"it moves: {Describe(moves)}",
                TierAction.DryRun => $"it would move: {Describe(moves)}; policy {policy.Name} is a dry run",
                _ => "it moves when nothing stands against it any more",
            },
            blocks, volume.SizeBytes * moves.Count, action == TierAction.Move ? TierMemory.Started(nowMs, spec.CooldownPeriod) : remembered)
        {
            NoPool = agreed is not null && blocks.Count > others ? blocks[others] : null,
        };

        TierDecision Stays(string why, string next, TierMemory after) => new(TierAction.Stay, current, current, [], why, next, [], 0, after);
    }

    private static string Describe(IEnumerable<ReplicaMove> moves) => string.Join(", ", moves.Select(move => $"{move.SourcePool} to {move.TargetPool}"));
}
