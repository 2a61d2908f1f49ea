using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Lifecycle;

/// <summary>The silo's lifecycle. Errors while it stops are logged; a failed start is thrown.</summary>
internal sealed partial class SiloLifecycle(ILogger<SiloLifecycle> logger) : ISiloLifecycleSubject
{
    private readonly StageRunner _stages = new();

    public int HighestCompletedStage => _stages.HighestStarted ?? int.MinValue;

    public int LowestStoppedStage => _stages.LowestStopped ?? int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer) => _stages.Subscribe(observerName, stage, observer);

    public Task OnStart(CancellationToken cancellationToken = default) => _stages.StartAsync(cancellationToken);

    public Task OnStop(CancellationToken cancellationToken = default) =>
        _stages.StopAsync((name, stage, error) => LogStopFailed(logger, error, name, stage), cancellationToken);

    [LoggerMessage(EventId = 1100, Level = LogLevel.Error, Message = "{Observer} failed to stop at stage {Stage}")]
    private static partial void LogStopFailed(ILogger logger, Exception error, string observer, int stage);
}
