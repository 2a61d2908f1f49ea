namespace Actors.Storage.BackEnds.Files;

/// <summary>A replica of a volume: one file in a pool's folder.</summary>
internal sealed record ReplicaDescriptor
{
    /// <summary><c>r</c> and a number that no other replica of the volume ever had.</summary>
    public required string Id { get; init; }

    public required string Pool { get; init; }

    /// <summary>How far it was filled, and from what; null for the one that the volume began with, or that was left as the only one.</summary>
    public CopyDescriptor? Copy { get; init; }
}
