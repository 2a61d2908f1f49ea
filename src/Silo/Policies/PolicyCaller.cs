using Actors.Grains.Storage;
using Actors.Storage.Policies;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Policies;

/// <summary>
/// Calls the grain of policies every few seconds, from when the silo is active until it stops, so that an activation of it follows the place in which policies are kept,
/// also after the death of the silo that had it. What fails is tried again with the next call.
/// </summary>
public sealed partial class PolicyCaller : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _calling = Task.CompletedTask;

    /// <param name="source">Where policies are kept. Made with this, so that what its options lack keeps the silo from starting.</param>
    /// <param name="grains">The grain of policies is one of them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of calls that fail.</param>
    public PolicyCaller(IPolicySource source, IGrainFactory grains, TimeProvider time, ILogger<PolicyCaller> logger)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_grains, _time, _logger) = (grains, time, logger);
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(PolicyCaller), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken token)
    {
        _calling = CallAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        await _stopping.CancelAsync();
        await _calling.WaitAsync(token);
    }

    private async Task CallAsync()
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.Key).Follow().WaitAsync(_stopping.Token);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !_stopping.IsCancellationRequested)
            {
                LogNotCalled(_logger, failure);
            }
            catch (OperationCanceledException)
            {
                return; // the silo stops
            }

            await Task.Delay(Interval, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(4122, LogLevel.Debug, "The grain of policies does not answer; it is called again in a few seconds")]
    private static partial void LogNotCalled(ILogger logger, Exception failure);
}
