using Actors.Agents;
using Actors.Placement;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Agents;

/// <summary>Carries what peers' grains want of a silo's sockets to its <see cref="IAgentSockets"/>.</summary>
[NodeInKeyPlacement, GrainType("agentgateway"), Reentrant]
public sealed class AgentGatewayGrain(IAgentSockets sockets, IAgentViews views) : Grain, IAgentGatewayGrain
{
    /// <inheritdoc/>
    public Task<ShowOutcome> Show(GatewayRun gateway, Guid peer, PeerShow show) =>
        Task.FromResult(views.IsLocal(gateway) ? sockets.Show(peer, show) : ShowOutcome.NotHeld);

    /// <inheritdoc/>
    public Task Drop(GatewayRun gateway, Guid peer, long epoch, AgentCloseCode code)
    {
        if (views.IsLocal(gateway))
            sockets.Drop(peer, epoch, code);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> Holds(GatewayRun gateway, Guid peer, long epoch) => Task.FromResult(views.IsLocal(gateway) && sockets.Holds(peer, epoch));
}
