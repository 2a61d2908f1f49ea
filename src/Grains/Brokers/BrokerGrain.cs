using Actors.Placement;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains;

/// <summary>Tells other silos where clients reach this one.</summary>
[NodeInKeyPlacement, GrainType("broker"), Reentrant]
public sealed class BrokerGrain(Broker local) : Grain, IBrokerGrain
{
    /// <inheritdoc/>
    public Task<Broker> Describe() => Task.FromResult(local);
}
