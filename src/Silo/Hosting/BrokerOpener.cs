using Actors.Grains;
using Actors.Log;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;

namespace Actors.Silo.Hosting;

/// <summary>Announces the node to the store and loads the topics, when store and log are open.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="broker">Does it.</param>
/// <param name="logger">Told which codecs cannot be read here: the silo runs without them, and refuses their batches.</param>
/// <param name="holder">Tells whose the node is where the storage is not the node's.</param>
public sealed class BrokerOpener(SiloHealth health, BrokerStartup broker, ILogger<BrokerOpener> logger, NodeHolder holder) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="SiloStartException">Another silo that is not dead has this one's node id.</exception>
    /// <exception cref="StorageReplacedException">The node's logs are not those that it had at its last start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var problem in RecordCompression.FindMissingLibraries())
            logger.CodecMissing(problem);
        health.Enter("loading topics");
        try
        {
            await broker.StartAsync(cancellationToken);
        }
        catch (StorageReplacedException replaced)
        {
            if (await holder.ExplainAsync(replaced, cancellationToken) is { } sentence) throw sentence;
            throw;
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
