using Actors.Silo.Health;

namespace Actors.Silo.Hosting;

/// <summary>Says that a stop closes the connections of agents; registered after their front end, so it stops right before it.</summary>
/// <param name="health">Told what is going on.</param>
public sealed class AgentsStep(SiloHealth health) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        health.Enter("closing connections of agents and clients");
        return Task.CompletedTask;
    }
}
