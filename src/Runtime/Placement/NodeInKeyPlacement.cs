using Orleans.Runtime;

namespace Actors.Placement;

/// <summary>The silo is the one of the node that the key names (<see cref="NodeInKey"/>); it is unavailable while that is away.</summary>
public sealed class NodeInKeyPlacement : PlacementStrategy
{
    internal static NodeInKeyPlacement Instance { get; } = new();
}
