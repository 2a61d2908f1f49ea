using Actors.Grains;
using Actors.Log;
using Actors.Membership;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Hosting;

/// <summary>Announces the node to the store and loads the topics, when store and log are open.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="broker">Does it.</param>
/// <param name="logger">Told which codecs cannot be read here: the silo runs without them, and refuses their batches.</param>
/// <param name="table">Where the silos are listed; null: this one stands alone, or its runtime knows another list.</param>
public sealed class BrokerOpener(SiloHealth health, BrokerStartup broker, ILogger<BrokerOpener> logger, ILeasedMembershipTable? table = null) : IHostedService
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
            if (await FindHolderAsync(replaced.NodeId, cancellationToken) is not { } holder) throw;
            throw new SiloStartException(
                $"Node {replaced.NodeId} is another silo: {holder.SiloName} at {holder.SiloAddress} is not dead. Give this one a number of its own with --Silo:NodeId=….",
                replaced);
        }
    }

    /// <summary>The silo that has a node id and is not dead; null when there is none, or nobody tells.</summary>
    private async Task<MembershipEntry?> FindHolderAsync(int nodeId, CancellationToken token)
    {
        if (table is null) return null;
        try
        {
            return (await table.ReadLeasesAsync(token)).Table.Members
                .Select(static member => member.Item1)
                .FirstOrDefault(entry => entry.Status != SiloStatus.Dead && SiloNodeName.Parse(entry.SiloName).NodeId == nodeId);
        }
        catch (Exception unknown) when (unknown is MembershipStoreException or ClusterMismatchException)
        {
            return null; // what is known for sure is told
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
