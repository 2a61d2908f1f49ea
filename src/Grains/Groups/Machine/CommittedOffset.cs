namespace Actors.Grains.Groups;

/// <summary>What a group committed for one partition. Immutable.</summary>
public sealed record CommittedOffset
{
    /// <summary>The next offset that the group wants to read.</summary>
    public long Offset { get; init; }

    /// <summary>The leader epoch that came with the commit, or -1.</summary>
    public int LeaderEpoch { get; init; } = -1;

    /// <summary>The client's own note; never null.</summary>
    public string Metadata { get; init; } = "";

    /// <summary>When it was committed, in milliseconds since 1970.</summary>
    public long CommitTimestampMs { get; init; }

    /// <summary>When it expires, in milliseconds since 1970, or -1: by the coordinator's retention.</summary>
    public long ExpireTimestampMs { get; init; } = -1;

    /// <summary>Where the commit lies in its partition of <c>__consumer_offsets</c>: the batch's base offset. Not stored.</summary>
    public long LogOffset { get; init; } = -1;
}
