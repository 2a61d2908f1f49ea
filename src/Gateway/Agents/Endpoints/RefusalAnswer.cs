namespace Actors.Gateway.Agents;

/// <summary>Body of an answer that is none of what was asked for.</summary>
/// <param name="Status">What, in a word or two.</param>
/// <param name="Reasons">Why, and what to do.</param>
public sealed record RefusalAnswer(string Status, IReadOnlyList<string> Reasons);
