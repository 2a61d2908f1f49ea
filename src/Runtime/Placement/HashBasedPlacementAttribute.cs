using Orleans.Runtime;

namespace Orleans.Placement;

/// <inheritdoc cref="HashBasedPlacement"/>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class HashBasedPlacementAttribute : PlacementAttribute
{
    public HashBasedPlacementAttribute()
        : base(HashBasedPlacement.Instance)
    {
    }
}
