using Orleans;

namespace Actors.Runtime.Peering;

/// <summary>Ends a handshake before both sides have proved who they are.</summary>
[GenerateSerializer, Immutable, Alias("actors.PeerRefusal")]
internal sealed record RefusalMessage
{
    /// <summary>What is wrong.</summary>
    [Id(0)]
    public HandshakeProblem Problem { get; init; }

    /// <summary>A sentence that says what to do.</summary>
    [Id(1)]
    public string Reason { get; init; } = "";
}
