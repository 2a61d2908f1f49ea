namespace Actors.Cli.Topics;

/// <summary>Result of <c>topics describe</c>.</summary>
/// <param name="Topics">In the order of the arguments, or by name.</param>
public sealed record TopicDescriptions(IReadOnlyList<TopicDescription> Topics);
