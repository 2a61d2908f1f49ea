namespace Actors.Cli.Storage;

/// <summary>Pools, and the back end that has them.</summary>
internal sealed record PoolList(string? BackEnd, IReadOnlyList<PoolView> Pools);
