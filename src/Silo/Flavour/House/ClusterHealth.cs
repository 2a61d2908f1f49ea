using Actors.Runtime.Cluster;
using Actors.Silo.Health;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Flavour;

/// <summary>Says what keeps this silo from being a member of its cluster.</summary>
/// <param name="services">Asked for the cluster's state when the runtime starts, for health is asked earlier.</param>
public sealed class ClusterHealth(IServiceProvider services) : IHealthSource, ILifecycleParticipant<ISiloLifecycle>
{
    private volatile IClusterState? _state;

    /// <inheritdoc/>
    public HealthProblem? Problem => _state?.Now is { } now && (now.Expelled ?? now.Hindrance) is { } reason
        ? new HealthProblem("cluster", reason, IsFinal: now.Expelled is not null) { IsWarning = now.IsActive && now.Expelled is null }
        : null;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => _state = services.GetRequiredService<IClusterState>();
}
