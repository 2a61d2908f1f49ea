using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds;

/// <summary>Everything that a back end has, read at one moment.</summary>
/// <param name="Pools">Its pools.</param>
/// <param name="Volumes">Its volumes; <see cref="VolumeFacts.IsMoving"/> is the caller's to set, who knows the migrations.</param>
public sealed record BackEndInventory(IReadOnlyList<PoolFacts> Pools, IReadOnlyList<VolumeFacts> Volumes);
