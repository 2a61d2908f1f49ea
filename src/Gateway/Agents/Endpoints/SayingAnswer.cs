using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>Something that a peer said, as others tell it from what it said before.</summary>
/// <param name="Kind"><c>absent</c>, <c>connected</c>, <c>node</c>, <c>lost</c> or <c>gone</c>.</param>
/// <param name="Epoch">Its connection; null for a peer that nothing is known of.</param>
/// <param name="Sequence">When in that connection; null for its beginning and its end.</param>
/// <param name="NodeId">The silo that holds, or held, that connection; null where that is not known.</param>
/// <param name="Generation">Which run of that silo.</param>
public sealed record SayingAnswer(string Kind, long? Epoch, long? Sequence, int? NodeId, int? Generation)
{
    /// <summary>The answer of a version, and of who held the connection.</summary>
    internal static SayingAnswer Of(PeerVersion version, GatewayRun? gateway = null)
    {
        var said = new Announcement { Version = version };
        var isKnown = said.Kind != PeerKind.Absent;
        return new SayingAnswer(
            said.Kind.ToString().ToLowerInvariant(),
            isKnown ? version.Epoch : null,
            said.Kind == PeerKind.Node ? version.Sequence : null,
            isKnown ? gateway?.NodeId : null,
            isKnown ? gateway?.Generation : null);
    }
}
