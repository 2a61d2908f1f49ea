namespace Actors.Cli.Storage;

/// <summary>Policies that are gone.</summary>
internal sealed record DeletedPolicies(IReadOnlyList<string> Deleted);
