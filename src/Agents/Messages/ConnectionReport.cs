namespace Actors.Agents.Messages;

/// <summary>A connection of somebody to an agent began or ended.</summary>
public sealed record ConnectionReport
{
    /// <summary>The connection's id, the same at its beginning and its end; never all zeros.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whether it began or ended.</summary>
    public required ConnectionAction Action { get; init; }

    /// <summary>What it is for, such as ssh.</summary>
    public required string Type { get; init; }

    /// <summary>When, by the agent's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Where it came from; null when that is not known.</summary>
    public string? Ip { get; init; }

    /// <summary>The code with which it ended; null, which is not 0, when there is none. Only at an end.</summary>
    public int? Code { get; init; }

    /// <summary>Why it ended.</summary>
    public string? Reason { get; init; }
}
