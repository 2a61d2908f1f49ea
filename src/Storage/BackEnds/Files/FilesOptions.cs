namespace Actors.Storage.BackEnds.Files;

/// <summary>Where the volumes of the <c>files</c> back end lie, and how they are copied.</summary>
public sealed record FilesOptions
{
    /// <summary>The folder with a folder for each volume: its descriptor, and the link that applications open.</summary>
    public required string VolumesFolder { get; init; }

    /// <summary>One folder a pool, each with its descriptor.</summary>
    public required IReadOnlyList<string> PoolFolders { get; init; }

    /// <summary>How much is copied, made durable, read back and compared before it counts as progress. Bytes, at least 4,096.</summary>
    public int SegmentBytes { get; init; } = 32 << 20;

    /// <summary>A slower copy ends its segment after so long, so that it shows progress.</summary>
    public TimeSpan LongestSegment { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a copy begins anew because its volume was written to, before it is given up.</summary>
    public int MaxRestarts { get; init; } = 3;
}
