using Actors.Grains;
using Actors.Silo.Health;

namespace Actors.Silo.Hosting;

/// <summary>Announces the node to the store and loads the topics, when store and log are open.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="broker">Does it.</param>
public sealed class BrokerOpener(SiloHealth health, BrokerStartup broker) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("loading topics");
        return broker.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
