namespace Actors.Storage.BackEnds.Files;

/// <summary>How far a replica was filled. Only what is on the disk and was read back from it counts.</summary>
internal sealed record CopyDescriptor
{
    /// <summary>The replica that it is a copy of.</summary>
    public required string Source { get; init; }

    /// <summary>What that one's file looked like while it was read; null until the copy begins.</summary>
    public FileStamp? SourceStamp { get; init; }

    /// <summary>Bytes from the beginning on that are the source's.</summary>
    public long SyncedBytes { get; init; }

    /// <summary>What the filled file looks like; null until it is whole. While both files look so, both hold the same.</summary>
    public FileStamp? OwnStamp { get; init; }

    /// <summary>How often the copy began anew because the source was written to.</summary>
    public int Restarts { get; init; }
}
