using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Topics;

/// <summary>Wakes the controller when the silo has started, so that it ends deletions which the last run has not.</summary>
public sealed partial class DeletionStarter(IGrainFactory grains, ILogger<DeletionStarter> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(DeletionStarter), ServiceLifecycleStage.Active, token =>
    {
        _ = WakeAsync();
        return Task.CompletedTask;
    });

    private async Task WakeAsync()
    {
        try
        {
            await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).FinishDeletions();
        }
        catch (Exception failure)
        {
            LogNotWoken(logger, failure);
        }
    }

    [LoggerMessage(2203, LogLevel.Warning, "The controller was not woken; deletions that were interrupted end when topics change next.")]
    private static partial void LogNotWoken(ILogger logger, Exception failure);
}
