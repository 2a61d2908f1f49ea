using Orleans.Placement;

namespace Actors.Placement;

/// <inheritdoc cref="NodeInKeyPlacement"/>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class NodeInKeyPlacementAttribute : PlacementAttribute
{
    public NodeInKeyPlacementAttribute()
        : base(NodeInKeyPlacement.Instance)
    {
    }
}
