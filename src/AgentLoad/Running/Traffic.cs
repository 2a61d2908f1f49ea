namespace Actors.AgentLoad.Running;

/// <summary>What peers do once they are connected. It ends after a time or a number of updates, whichever comes first.</summary>
public sealed record Traffic
{
    /// <summary>Node updates a second by agents, in turn; 0 for none.</summary>
    public double AgentUpdatesPerSecond { get; init; }

    /// <summary>Node updates a second by clients, in turn; 0 for none.</summary>
    public double ClientUpdatesPerSecond { get; init; }

    /// <summary>Closed loop: so many agents have an update under way at any time, and the next one sends when one has arrived; 0 for none.</summary>
    public int InFlight { get; init; }

    /// <summary>Connections a second that break and come back; 0 for none.</summary>
    public double BreaksPerSecond { get; init; }

    /// <summary>So long after its beginning all connections break at once, and come back; null: they do not.</summary>
    public TimeSpan? StormAfter { get; init; }

    /// <summary>Whether it only makes the hub ready: its updates are checked, but their latencies and its time are not measured.</summary>
    public bool IsWarmUp { get; init; }

    /// <summary>How long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.MaxValue;

    /// <summary>How many updates.</summary>
    public long Updates { get; init; } = long.MaxValue;
}
