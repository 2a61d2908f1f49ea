namespace Actors.Cli.Storage;

/// <summary>What applying a file did.</summary>
internal sealed record PolicyChanges(IReadOnlyList<PolicyChange> Changes);
