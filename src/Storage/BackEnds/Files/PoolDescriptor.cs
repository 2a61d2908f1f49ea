namespace Actors.Storage.BackEnds.Files;

/// <summary>What <c>pool.json</c> in a pool's folder says. Without that file the folder is no pool: a disk that is not mounted leaves an empty folder behind.</summary>
public sealed record PoolDescriptor
{
    /// <summary>Unique among all pools.</summary>
    public required string Name { get; init; }

    /// <summary>The node it lies on.</summary>
    public required string Node { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Most that its replicas take together. Bytes; 0 for all that the file system has.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>Whether it takes no new replicas.</summary>
    public bool IsClosed { get; init; }
}
