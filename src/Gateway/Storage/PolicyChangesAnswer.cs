using Actors.Grains.Storage;

namespace Actors.Gateway.Storage;

/// <summary>What applying a file did.</summary>
/// <param name="Changes">One for each policy of the file.</param>
internal sealed record PolicyChangesAnswer(IReadOnlyList<PolicyChange> Changes);
