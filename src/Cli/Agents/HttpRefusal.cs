namespace Actors.Cli.Agents;

/// <summary>A silo's answer that is none of what was asked for.</summary>
internal sealed record HttpRefusal(string? Status, IReadOnlyList<string>? Reasons);
