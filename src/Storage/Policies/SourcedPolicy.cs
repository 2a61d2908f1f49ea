namespace Actors.Storage.Policies;

/// <summary>A storage policy as its source has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Differs from that of a policy of the same name that was deleted before.</param>
/// <param name="Generation">Rises with each change of its spec.</param>
/// <param name="Policy">What it wants; null when it has mistakes.</param>
/// <param name="Mistakes">Every mistake in it; empty when there is none.</param>
/// <param name="Status">The status that the source had when the spec changed last. Whoever writes statuses knows a later one by himself; this is where he begins.</param>
public sealed record SourcedPolicy(string Name, string Id, long Generation, StoragePolicy? Policy, IReadOnlyList<string> Mistakes, StoragePolicyStatus Status);
