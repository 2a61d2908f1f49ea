using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>The mirror of a volume as its daemon shows it.</summary>
/// <param name="Status">QEMU's word for it.</param>
/// <param name="RemainingBytes">What is still to copy; writes of applications add to it.</param>
/// <param name="SpeedBytesPerSecond">Its bound.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal sealed record QemuJob(string Status, long RemainingBytes, long SpeedBytesPerSecond, string? Error)
{
    /// <summary>The job's name in every daemon: there is one a volume at most.</summary>
    public const string Id = "move";

    public bool IsConcluded => Status is "concluded" or "aborting" or "null";

    /// <summary>Whether all that was written is on both, and further writes come to both.</summary>
    public bool IsReady => Status is "ready" or "standby" or "waiting" or "pending";

    public bool IsStopped => Status is "paused" or "standby";

    public bool IsCopying => Status is "created" or "running";

    public static QemuJob? From(JsonNode? blockJobs, JsonNode? jobs)
    {
        if (jobs?.AsArray().FirstOrDefault(job => (string?)job?["id"] == Id) is not { } job) return null;
        var block = blockJobs?.AsArray().FirstOrDefault(other => (string?)other?["device"] == Id);
        return new QemuJob(
            (string?)job["status"] ?? "", ((long?)block?["len"] ?? 0) - ((long?)block?["offset"] ?? 0), (long?)block?["speed"] ?? 0, (string?)job["error"]);
    }
}
