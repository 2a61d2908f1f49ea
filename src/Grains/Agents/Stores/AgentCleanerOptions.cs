namespace Actors.Grains.Agents;

/// <summary>How old rows of agents may become.</summary>
public sealed record AgentCleanerOptions
{
    private const long HourMs = 60 * 60 * 1_000;

    /// <summary>Between two rounds.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two chunks, so that others have their turn.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Rows of one chunk.</summary>
    public int MaxRows { get; init; } = 1_000;

    /// <summary>Least time after the silos have changed until those are asked whose silo ended; the most is twice as long. Most are back by then.</summary>
    public TimeSpan SettleAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Peers that are asked at once.</summary>
    public int MaxPeers { get; init; } = 50;

    /// <summary>Milliseconds that a closed tunnel is kept; longer than grains remember it (<see cref="PeerOptions.ClosedTunnelMs"/>).</summary>
    public long ClosedTunnelMs { get; init; } = HourMs;

    /// <summary>Milliseconds that a peer whose connection ended is kept with its tunnels; longer than they stay open (<see cref="PeerOptions.TunnelTimeToLiveMs"/>).</summary>
    public long EndedPeerMs { get; init; } = 25 * HourMs;

    /// <summary>Milliseconds that rows of the connection log are kept.</summary>
    public long ConnectionLogMs { get; init; } = 90 * 24 * HourMs;

    /// <summary>Milliseconds without a word of it after which an agent is forgotten with its values; 0 for never.</summary>
    public long ForgetAfterMs { get; init; } = 30 * 24 * HourMs;

    /// <summary>Milliseconds that a token that ran out is listed.</summary>
    public long ExpiredTokenMs { get; init; } = 30 * 24 * HourMs;
}
