namespace Actors.AgentLoad.Workers;

/// <summary>How long a process that holds a part of a run may take for what it has to do at once. What is late is given up, and killed in the end.</summary>
public sealed record WorkerLimits
{
    /// <summary>Nothing came from it: it reports its progress twice a second.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Until it answers that it has ceased what it did.</summary>
    public TimeSpan Cease { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Until it sends its result, the time for goodbyes not included.</summary>
    public TimeSpan End { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Until it has ended by itself after the end of its input; then it is killed.</summary>
    public TimeSpan Exit { get; init; } = TimeSpan.FromSeconds(2);
}
