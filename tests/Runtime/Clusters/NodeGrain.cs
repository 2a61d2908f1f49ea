using Actors.Placement;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

[GrainType("test.on-node"), NodeInKeyPlacement]
public sealed class NodeGrain(ILocalSiloDetails silo) : Grain, INodeGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToString());
}
