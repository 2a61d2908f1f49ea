using Actors.Silo.Options;
using Orleans;

namespace Actors.Bench.Cluster.Failover;

/// <summary>Placed by hash; it moves when its silo goes.</summary>
[GrainType("bench.home")]
public sealed class HomeGrain(SiloOptions silo) : Grain, IHomeGrain
{
    /// <inheritdoc/>
    public Task<int> Home() => Task.FromResult(silo.NodeId);
}
