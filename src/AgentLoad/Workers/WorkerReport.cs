using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>One line from a process that holds a part of a run; exactly one field is there.</summary>
internal sealed record WorkerReport
{
    public LoadProgress? Progress { get; init; }

    /// <summary>The answer to an order that is not its end.</summary>
    public bool? Answer { get; init; }

    /// <summary>The answer to its end.</summary>
    public LoadResult? Outcome { get; init; }

    /// <summary>It can do no more, and why.</summary>
    public string? Failure { get; init; }
}
