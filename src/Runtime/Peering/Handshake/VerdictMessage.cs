using Orleans;

namespace Actors.Runtime.Peering;

/// <summary>What the acceptor has decided about a dialer that knows the secret. It stands behind a proof, so it can be believed.</summary>
[GenerateSerializer, Immutable, Alias("actors.PeerVerdict")]
internal sealed record VerdictMessage
{
    /// <summary>The decision.</summary>
    [Id(0)]
    public Verdict Verdict { get; init; }

    /// <summary>The connection's number where the acceptor gives it; otherwise the newest number that it knows of.</summary>
    [Id(1)]
    public long Number { get; init; }

    /// <summary>Why it is refused; empty when it is not.</summary>
    [Id(2)]
    public string Reason { get; init; } = "";
}
