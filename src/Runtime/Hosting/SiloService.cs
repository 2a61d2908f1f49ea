using Actors.Runtime.Lifecycle;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Hosting;

/// <summary>Starts and stops the silo with its host. A failed start stops what had started and is thrown.</summary>
internal sealed class SiloService : IHostedService
{
    private readonly SiloLifecycle _lifecycle;

    public SiloService(SiloLifecycle lifecycle, IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants, IEnumerable<IConfigurationValidator> validators)
    {
        _lifecycle = lifecycle;
        foreach (IConfigurationValidator validator in validators)
        {
            validator.ValidateConfiguration();
        }

        foreach (ILifecycleParticipant<ISiloLifecycle> participant in participants)
        {
            participant.Participate(lifecycle);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _lifecycle.OnStart(cancellationToken);
        }
        catch
        {
            await _lifecycle.OnStop(CancellationToken.None);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _lifecycle.OnStop(cancellationToken);
}
