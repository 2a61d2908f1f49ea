namespace Actors.Storage.Tiering;

/// <summary>What is to be done with a volume.</summary>
public enum TierAction
{
    /// <summary>Nothing: it is where it is wanted, or nothing is known.</summary>
    Stay,

    /// <summary>Nothing yet: another tier wants it and something stands against it.</summary>
    Blocked,

    /// <summary>It would be moved, but its policy is for show.</summary>
    DryRun,

    /// <summary>It is to be moved.</summary>
    Move,
}
