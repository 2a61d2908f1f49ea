namespace Actors.Cli.Storage;

/// <summary>Links.</summary>
internal sealed record LinkList(IReadOnlyList<LinkView> Links);
