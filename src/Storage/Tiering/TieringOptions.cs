namespace Actors.Storage.Tiering;

/// <summary>How carefully volumes are moved.</summary>
public sealed record TieringOptions
{
    /// <summary>How far beyond a watermark heat must be to leave a tier for the warm one. Percent, 0 to 50.</summary>
    public int MarginPercent { get; init; } = 10;

    /// <summary>How many readings in a row must want the same tier.</summary>
    public int Readings { get; init; } = 3;

    /// <summary>Least time between two readings that count, so that one reading does not count twice.</summary>
    public TimeSpan LeastStep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What stays free in a pool after a volume has come. Percent of its capacity.</summary>
    public int MinFreePercent { get; init; } = 10;

    /// <summary>Whether a replica may go to another pool on its own node. Mayastor refuses it, and DRBD would drop the only copy first.</summary>
    public bool CanChangePoolOnNode { get; init; }
}
