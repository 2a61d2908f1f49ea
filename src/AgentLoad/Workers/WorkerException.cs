namespace Actors.AgentLoad.Workers;

/// <summary>Another process that holds a part of the run has ended, failed, does not answer, or could not be started.</summary>
/// <param name="process">Which process, for people.</param>
/// <param name="reason">What it said last, or what is known of its end.</param>
public sealed class WorkerException(string process, string reason) : Exception($"The load process {process} failed: {reason.TrimEnd('.')}.");
