using Actors.Placement;
using Orleans;

namespace Actors.Runtime.Cluster;

/// <inheritdoc cref="IProbeGrain"/>
[GrainType("sys.probe"), NodeInKeyPlacement, KeepAlive]
internal sealed class ProbeGrain : Grain, IProbeGrain
{
    public Task Turn() => Task.CompletedTask;
}
