namespace Actors.Grains.Groups;

/// <summary>The states of a classic group; the names are those that Kafka shows.</summary>
public enum GroupState
{
    /// <summary>No members; there may be offsets.</summary>
    Empty,

    /// <summary>Members are asked to rejoin; the group waits for them, up to the rebalance time-out.</summary>
    PreparingRebalance,

    /// <summary>The generation is known to its members; the leader's assignment is awaited or on its way to the disk.</summary>
    CompletingRebalance,

    /// <summary>Every member can have its assignment.</summary>
    Stable,

    /// <summary>The group's tombstones are on their way to the disk.</summary>
    Dead,
}
