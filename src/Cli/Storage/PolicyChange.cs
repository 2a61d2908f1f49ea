namespace Actors.Cli.Storage;

/// <summary>What applying a file did to one policy.</summary>
internal sealed record PolicyChange(string Kind, string Name, string Change);
