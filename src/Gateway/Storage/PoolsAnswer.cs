using Actors.Grains.Storage;

namespace Actors.Gateway.Storage;

/// <summary>Pools.</summary>
/// <param name="BackEnd">The back end's name.</param>
/// <param name="Pools">The pools by name.</param>
internal sealed record PoolsAnswer(string? BackEnd, IReadOnlyList<PoolReport> Pools);
