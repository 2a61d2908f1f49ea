namespace Actors.Cli.Topics;

/// <summary>Result of <c>topics list</c>.</summary>
/// <param name="Topics">By name.</param>
public sealed record TopicList(IReadOnlyList<TopicSummary> Topics);
