using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Agents;

/// <summary>Adds the peers of the agents' hub to a silo.</summary>
public static class AgentPeerServices
{
    /// <summary>
    /// Adds what peers' grains and the gateway's need. The host provides <see cref="IAgentPeerLookups"/>, <see cref="IAgentSockets"/>,
    /// <see cref="IClusterNodes"/>, <see cref="IBrokerDirectory"/>, an <see cref="IdSource"/>, a <see cref="TimeProvider"/> and meters, and
    /// <see cref="PeerOptions"/> if it wants others than the default.
    /// </summary>
    public static IServiceCollection AddAgentPeers(this IServiceCollection services)
    {
        services.TryAddSingleton<PeerOptions>();
        return services
            .AddSingleton(provider => new LockedRandom(provider.GetRequiredService<IdSource>().NextInt(int.MaxValue)))
            .AddSingleton<IAgentViews>(provider => new AgentViews(
                provider.GetRequiredService<ILocalSiloDetails>(),
                provider.GetRequiredService<IBrokerDirectory>().LocalNodeId,
                provider.GetRequiredService<IClusterNodes>(),
                provider.GetService<IClusterMembershipService>()))
            .AddSingleton<AgentPeerMetrics>()
            .AddSingleton<AgentPeers>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<AgentPeers>());
    }
}
