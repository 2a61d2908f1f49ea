namespace Actors.Storage.Shares;

/// <summary>How a link that was down comes back into use.</summary>
public sealed record LinkHealthOptions
{
    /// <summary>How long a link must be up before it is used again.</summary>
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that doubling makes of it.</summary>
    public TimeSpan LongestHoldDown { get; init; } = TimeSpan.FromMinutes(16);

    /// <summary>After how long the link counts as if it had never been down.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two copies that come back, on average; each pause is random, from half to one and a half times as long.</summary>
    public TimeSpan ResumePause { get; init; } = TimeSpan.FromSeconds(2);
}
