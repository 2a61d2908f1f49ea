using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>One line to a process that holds a part of a run; exactly one field is there.</summary>
internal sealed record WorkerOrder
{
    public WorkerStart? Start { get; init; }

    /// <summary>Milliseconds that connecting may take.</summary>
    public long? ConnectMs { get; init; }

    /// <summary>Milliseconds that settling may take.</summary>
    public long? SettleMs { get; init; }

    public Traffic? Traffic { get; init; }

    /// <summary>Milliseconds in which nobody may be told anything.</summary>
    public long? QuietMs { get; init; }

    /// <summary>What runs is to end before its time.</summary>
    public bool Cease { get; init; }

    /// <summary>Milliseconds that goodbyes may take.</summary>
    public long? EndMs { get; init; }
}
