namespace Actors.Runtime.Placement;

/// <summary>What placement needs to know of this silo.</summary>
public sealed class PlacementOptions
{
    /// <summary>The number of this node in the cluster, from 0; keys of the form <c>name@number</c> refer to it.</summary>
    public int NodeId { get; set; }
}
