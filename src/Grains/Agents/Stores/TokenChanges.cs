namespace Actors.Grains.Agents;

/// <summary>What a silo has to know to read tokens.</summary>
/// <param name="Keys">All keys, by number; empty when there was never one.</param>
/// <param name="Revoked">Tokens that were revoked after the revision that was asked for.</param>
/// <param name="Revision">Counts revocations; what to ask for next time.</param>
public sealed record TokenChanges(IReadOnlyDictionary<uint, byte[]> Keys, IReadOnlyList<RevokedToken> Revoked, long Revision);
