namespace Actors.Grains.Agents;

/// <summary>The times and sizes of a peer's grain.</summary>
public sealed record PeerOptions
{
    /// <summary>Milliseconds between the end of a connection without a goodbye and the word that the peer is lost; 0 says it at once. A peer that is back by then is not lost.</summary>
    public long LostGraceMs { get; init; } = 1_000;

    /// <summary>Milliseconds that tunnels of a lost peer stay open.</summary>
    public long TunnelTimeToLiveMs { get; init; } = 24 * 60 * 60 * 1_000;

    /// <summary>Milliseconds that a closed tunnel is remembered; longer than any call may be under way.</summary>
    public long ClosedTunnelMs { get; init; } = 10 * 60 * 1_000;

    /// <summary>Least milliseconds between two comparisons with a neighbour; the most are twice as many.</summary>
    public long CompareEveryMs { get; init; } = 30_000;

    /// <summary>As <see cref="CompareEveryMs"/>, with a neighbour that has no connection: each comparison comes twice as late as the one before, up to this.</summary>
    public long MaxCompareMs { get; init; } = 4 * 60 * 60 * 1_000;

    /// <summary>Milliseconds that a session has to attach itself to a new activation before its gateway is asked whether there is one; asked, it has the session do so.</summary>
    public long AttachWithinMs { get; init; } = 2_000;

    /// <summary>Milliseconds after which tunnels that only others have heard of count as gone, when no connection comes forward that opened them; longer than sessions take to renew.</summary>
    public long ForgetAfterMs { get; init; } = 120_000;

    /// <summary>Milliseconds before something that failed is tried again, the first time; each time twice as many.</summary>
    public long RetryMs { get; init; } = 100;

    /// <summary>Most milliseconds before something is tried again.</summary>
    public long MaxRetryMs { get; init; } = 10_000;

    /// <summary>Neighbours that are talked to at once.</summary>
    public int MaxPushes { get; init; } = 50;

    /// <summary>Of these, neighbours that are told nothing but that this peer is ready for them: signals do not hold up what is new.</summary>
    public int MaxSignals { get; init; } = 5;

    /// <summary>Tunnels that a peer may have open, whatever number of connections opened them; the same as <see cref="SessionOptions.MaxTunnels"/>.</summary>
    public int MaxTunnels { get; init; } = 256;

    /// <summary>Tunnels to a peer that are taken. One more takes the place of one whose owner is not connected; where all are, who opens it hears nothing of the peer until there is room, and its grain asks again every few seconds.</summary>
    public int MaxIncoming { get; init; } = 10_000;

    /// <summary>Neighbours in one show, and tunnels in one write.</summary>
    public int MaxBatch { get; init; } = 256;
}
