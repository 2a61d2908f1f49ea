using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <summary>The runtime's log events, 1000 to 1099.</summary>
internal sealed partial class RuntimeLog(ILogger logger)
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Warning, Message = "{Grain} did not activate")]
    public partial void ActivationFailed(Exception error, GrainId grain);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "{Grain} failed to deactivate")]
    public partial void DeactivationFailed(Exception error, GrainId grain);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Observer} of {Grain} failed to stop at stage {Stage}")]
    public partial void StageStopFailed(Exception error, GrainId grain, string observer, int stage);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "The one-way call {Method} to {Grain} failed")]
    public partial void OneWayFailed(Exception error, GrainId grain, string method);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "A timer of {Grain} failed; it goes on")]
    public partial void TimerFailed(Exception error, GrainId grain);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "A turn of {Grain} has run for {ElapsedMs} ms in {Method} on thread {ThreadId}: its mailbox waits")]
    public partial void TurnStalled(GrainId grain, string method, long elapsedMs, int threadId);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Warning, Message = "The thread pool has not run a work item for {ElapsedMs} ms: {Threads} threads, {Pending} items wait")]
    public partial void PoolStarved(long elapsedMs, int threads, long pending);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Warning, Message = "{Count} activations had not ended when the time for it was up")]
    public partial void ActivationsLeft(int count);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Information, Message = "Silo {Name} at {Address} serves {Classes} grain classes")]
    public partial void Started(string name, SiloAddress address, int classes);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Debug, Message = "Collected {Count} idle activations")]
    public partial void Collected(int count);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning, Message = "{Silo} did not answer the management grain; what it knows is missing")]
    public partial void SiloNotHeard(Exception error, SiloAddress silo);
}
