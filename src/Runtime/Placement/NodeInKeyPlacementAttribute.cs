using Orleans.Placement;

namespace Actors.Runtime.Placement;

/// <inheritdoc cref="NodeInKeyPlacement"/>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class NodeInKeyPlacementAttribute : PlacementAttribute
{
    public NodeInKeyPlacementAttribute()
        : base(NodeInKeyPlacement.Instance)
    {
    }
}
