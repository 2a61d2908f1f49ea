using Orleans.Runtime;

namespace Orleans.Placement;

/// <summary>The base of attributes that say how the silo of a grain is found.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public abstract class PlacementAttribute : Attribute
{
    protected PlacementAttribute(PlacementStrategy placement) => PlacementStrategy = placement;

    public PlacementStrategy PlacementStrategy { get; }
}
