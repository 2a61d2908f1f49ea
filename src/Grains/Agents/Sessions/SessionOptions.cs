namespace Actors.Grains.Agents;

/// <summary>The sizes and times of one connection's session.</summary>
public sealed record SessionOptions
{
    /// <summary>Tunnels that a peer may have open.</summary>
    public int MaxTunnels { get; init; } = 256;

    /// <summary>Least milliseconds between two reports when there is nothing new; the most are twice as many. An activation that was lost is noticed by then.</summary>
    public long RenewEveryMs { get; init; } = 30_000;

    /// <summary>Most milliseconds before the next report while more tunnels are remembered than may be open: some may be in the store by then, and make room.</summary>
    public long RenewFullMs { get; init; } = 1_000;

    /// <summary>Milliseconds before a report that failed is sent again, the first time; each time twice as many.</summary>
    public long RetryMs { get; init; } = 100;

    /// <summary>Most milliseconds before a report is sent again.</summary>
    public long MaxRetryMs { get; init; } = 5_000;
}
