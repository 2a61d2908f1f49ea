using Actors.Grains.Storage;

namespace Actors.Gateway.Storage;

/// <summary>Links.</summary>
/// <param name="Links">In the order of the options.</param>
internal sealed record LinksAnswer(IReadOnlyList<LinkReport> Links);
