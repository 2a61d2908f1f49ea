using Actors.Log;
using Actors.Silo.Health;

namespace Actors.Silo.Logs;

/// <summary>Opens and recovers the log when the silo starts; flushes, checkpoints and closes it when all writers have stopped.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="logHealth">Told when the log is open.</param>
/// <param name="services">Makes the log; asked only when it is this step's turn.</param>
/// <param name="logger">Told what recovery found.</param>
public sealed partial class LogOpener(SiloHealth health, LogHealth logHealth, IServiceProvider services, ILogger<LogOpener> logger) : IHostedService
{
    private LogStore? _log;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("recovering the log");
        if (services.GetRequiredService<IFileSystem>() is SlowSyncFileSystem slow) SyncsAreDelayed(logger, slow.Delay.TotalMilliseconds);
        _log = services.GetRequiredService<LogStore>();
        logHealth.Watch(_log);
        foreach (var damage in _log.Damage) LogDamaged(logger, damage);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health.Enter("closing the log");
        if (_log is not null) await _log.DisposeAsync().AsTask().WaitAsync(cancellationToken);
    }

    [LoggerMessage(4101, LogLevel.Critical, "Acknowledged records are damaged: {Damage}")]
    private static partial void LogDamaged(ILogger logger, LogDamage damage);

    [LoggerMessage(4102, LogLevel.Critical, "Every sync of the log takes {DelayMs} ms longer, because Log:InjectedSyncDelayMs says so. That is for measurements; never run a service like this.")]
    private static partial void SyncsAreDelayed(ILogger logger, double delayMs);
}
