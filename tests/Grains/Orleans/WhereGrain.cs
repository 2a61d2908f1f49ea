using Actors.Placement;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Tests.Nodes;

/// <inheritdoc cref="IWhereGrain"/>
[GrainType("test.where"), NodeInKeyPlacement]
public sealed class WhereGrain(ILocalSiloDetails silo) : Grain, IWhereGrain
{
    /// <inheritdoc/>
    public Task<string> Silo() => Task.FromResult(silo.Name);
}
