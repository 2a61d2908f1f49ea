using Actors.Silo.Options;
using Orleans;

namespace Actors.Member.Calls;

/// <summary>Placed by hash; it moves when its silo goes.</summary>
[GrainType("member.place")]
public sealed class PlaceGrain(SiloOptions silo) : Grain, IPlaceGrain
{
    /// <inheritdoc/>
    public Task<int> Where() => Task.FromResult(silo.NodeId);
}
