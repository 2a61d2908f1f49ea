namespace Actors.Storage.Policies;

/// <summary>An erasure coding policy as its source has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Differs from that of a policy of the same name that was deleted before.</param>
/// <param name="Generation">Rises with each change of its spec.</param>
/// <param name="IsAnswered">Whether its status says already that it is not supported.</param>
public sealed record SourcedErasureCodingPolicy(string Name, string Id, long Generation, bool IsAnswered);
