namespace Actors.Storage.Shares;

/// <summary>What one copy would take if it were alone, and of what.</summary>
/// <param name="Id">Unique among the copies.</param>
/// <param name="Resources">Everything it loads at its whole rate: links (two when it is relayed), the source's reads, the target's writes, and what only counts copies.</param>
/// <param name="DemandBytesPerSecond">Most that it can use, more than 0.</param>
/// <param name="FloorBytesPerSecond">Least that it is worth running with, 0 or more; a floor above the demand counts as the demand.</param>
public sealed record CopyDemand(string Id, IReadOnlyList<string> Resources, long DemandBytesPerSecond, long FloorBytesPerSecond)
{
    /// <summary>The floor, at most the demand.</summary>
    public long EffectiveFloorBytesPerSecond => Math.Min(FloorBytesPerSecond, DemandBytesPerSecond);
}
