using Actors.Runtime.Scheduling;
using Actors.Runtime.Watch;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Hosting;

/// <summary>What the runtime itself does in the silo's lifecycle.</summary>
internal sealed class RuntimeStages(
    LocalSilo silo, Collector collector, Watchdog watchdog, ILocalSiloDetails details, TimeProvider time, IOptions<GrainCollectionOptions> options)
    : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<RuntimeStages>(
            ServiceLifecycleStage.RuntimeInitialize,
            _ =>
            {
                watchdog.Start();
                return Task.CompletedTask;
            },
            _ =>
            {
                watchdog.Dispose();
                collector.Dispose();
                silo.Overseer.Dispose();
                return Task.CompletedTask;
            });
        lifecycle.Subscribe<RuntimeStages>(ServiceLifecycleStage.GrainDeactivation, static _ => Task.CompletedTask, DeactivateAllAsync);
        lifecycle.Subscribe<RuntimeStages>(
            ServiceLifecycleStage.Active,
            _ =>
            {
                silo.Log.Started(details.Name, details.SiloAddress, silo.References.ClassCount);
                return Task.CompletedTask;
            });
    }

    private async Task DeactivateAllAsync(CancellationToken token)
    {
        using var bound = new CancellationTokenSource(options.Value.DeactivationTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, bound.Token);
        int left = await silo.DeactivateAllAsync(both.Token);
        if (left > 0)
        {
            silo.Log.ActivationsLeft(left);
        }
    }
}
