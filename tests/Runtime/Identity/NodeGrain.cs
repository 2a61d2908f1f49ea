using Actors.Placement;
using Orleans;

namespace Actors.Runtime.Tests.Identity;

[NodeInKeyPlacement]
[GrainType("test.node")]
public sealed class NodeGrain : Grain, INodeGrain
{
    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());
}
