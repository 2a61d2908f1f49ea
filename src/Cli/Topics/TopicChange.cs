namespace Actors.Cli.Topics;

/// <summary>What became of one topic.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Succeeded">Whether it is as it was asked for.</param>
/// <param name="Error">Why not, a sentence; null when it is.</param>
public sealed record TopicChange(string Name, bool Succeeded, string? Error);
