namespace Actors.AgentLoad.Workers;

/// <summary>Another process that holds a part of the run has ended, or failed.</summary>
/// <param name="processId">Which process.</param>
/// <param name="reason">What it said last.</param>
public sealed class WorkerException(int processId, string reason) : Exception($"The load process {processId} failed: {reason}")
{
    /// <summary>Which process.</summary>
    public int ProcessId => processId;
}
