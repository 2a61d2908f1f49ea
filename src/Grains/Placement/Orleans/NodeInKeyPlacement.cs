using Orleans;
using Orleans.Runtime;

namespace Actors.Placement;

/// <summary>The silo is the one of the node that the key names (<see cref="NodeInKey"/>); it is unavailable while that is away.</summary>
[GenerateSerializer, Immutable, Alias("actors.NodeInKeyPlacement")]
public sealed class NodeInKeyPlacement : PlacementStrategy
{
    internal static NodeInKeyPlacement Instance { get; } = new();

    /// <summary>False: the key says all, so there is nothing to register and nothing that could be wrong.</summary>
    public override bool IsUsingGrainDirectory => false;
}
