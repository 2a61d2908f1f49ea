using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>What a round came to for one policy.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Status">Its new status, made from the last one.</param>
/// <param name="Decisions">A decision for each volume that it owns, by the volume's name.</param>
public sealed record PolicyRoundResult(StoragePolicy Policy, StoragePolicyStatus Status, IReadOnlyDictionary<string, TierDecision> Decisions);
