using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Topics;

/// <summary>
/// Wakes the controller when the silo has started, and on its node whenever the nodes change, so that it ends deletions which a
/// crash has interrupted or which waited for a node.
/// </summary>
public sealed partial class DeletionStarter(
    IGrainFactory grains, IClusterNodes nodes, IBrokerDirectory brokers, ILogger<DeletionStarter> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(DeletionStarter), ServiceLifecycleStage.Active, Start, Stop);

    private Task Start(CancellationToken token)
    {
        nodes.Changed += OnNodesChanged;
        _ = WakeAsync();
        return Task.CompletedTask;
    }

    private Task Stop(CancellationToken token)
    {
        nodes.Changed -= OnNodesChanged;
        return Task.CompletedTask;
    }

    private void OnNodesChanged()
    {
        if (nodes.Current.ControllerId == brokers.LocalNodeId)
            _ = WakeAsync();
    }

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

    [LoggerMessage(2203, LogLevel.Warning, "The controller was not woken; deletions that were interrupted end when topics or nodes change next.")]
    private static partial void LogNotWoken(ILogger logger, Exception failure);
}
