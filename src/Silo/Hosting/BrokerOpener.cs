using Actors.Grains;
using Actors.Log;
using Actors.Silo.Health;

namespace Actors.Silo.Hosting;

/// <summary>Announces the node to the store and loads the topics, when store and log are open.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="broker">Does it.</param>
/// <param name="logger">Told which codecs cannot be read here: the silo runs without them, and refuses their batches.</param>
public sealed class BrokerOpener(SiloHealth health, BrokerStartup broker, ILogger<BrokerOpener> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var problem in RecordCompression.FindMissingLibraries())
            logger.CodecMissing(problem);
        health.Enter("loading topics");
        return broker.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
