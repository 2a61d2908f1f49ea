namespace Actors.Cli.Topics;

/// <summary>Result of <c>topics create</c> and <c>topics delete</c>.</summary>
/// <param name="Topics">In the order of the arguments.</param>
public sealed record TopicChanges(IReadOnlyList<TopicChange> Topics);
