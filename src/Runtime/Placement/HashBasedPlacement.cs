namespace Orleans.Runtime;

/// <summary>The silo follows from the grain's id and the view (<see cref="Actors.Placement.RendezvousHash"/>). The default.</summary>
[GenerateSerializer, Immutable]
public sealed class HashBasedPlacement : PlacementStrategy
{
    internal static HashBasedPlacement Instance { get; } = new();

    internal HashBasedPlacement()
    {
    }
}
