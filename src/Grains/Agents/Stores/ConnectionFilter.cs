namespace Actors.Grains.Agents;

/// <summary>Which rows of the connection log are read. They come newest first.</summary>
public sealed record ConnectionFilter
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 1_000;

    /// <summary>Only those of this agent; null for all.</summary>
    public Guid? Agent { get; init; }

    /// <summary>Only those of this type, such as ssh; null for all.</summary>
    public string? Type { get; init; }

    /// <summary>Only those from this address; null for all.</summary>
    public string? Ip { get; init; }

    /// <summary>True for those that have ended, false for those that have not; null for both.</summary>
    public bool? HasEnded { get; init; }

    /// <summary>Only those that began at this time or later, milliseconds since 1970-01-01 UTC; null for no limit.</summary>
    public long? FromUtcMs { get; init; }

    /// <summary>Only those that began before this time; null for no limit.</summary>
    public long? BeforeUtcMs { get; init; }

    /// <summary>Only those after this place: that of the last row of the page before. Null for the first page.</summary>
    public ConnectionCursor? After { get; init; }

    /// <summary>Rows of the page, from 1 to <see cref="MaxPage"/>.</summary>
    public int Max { get; init; } = 100;
}
