namespace Actors.Storage.Migrations;

/// <summary>Where a migration of one replica stands.</summary>
public enum MigrationPhase
{
    /// <summary>Decided; nothing has been done.</summary>
    Planned,

    /// <summary>It waits for its share of the links and pools that it uses.</summary>
    WaitingForSlot,

    /// <summary>The new replica is made and filled.</summary>
    Copying,

    /// <summary>The new replica has everything; it is verified.</summary>
    Synced,

    /// <summary>The volume is put onto the new replica.</summary>
    Switching,

    /// <summary>The volume runs on the new replica, and the old one is kept for a while.</summary>
    Soaking,

    /// <summary>The old replica is removed: from here on there is no way back.</summary>
    RemovingSource,

    /// <summary>The volume is where it was to go. Final.</summary>
    Done,

    /// <summary>The copy stands still, by request or because its path is down.</summary>
    Paused,

    /// <summary>What was made is taken away again.</summary>
    Aborting,

    /// <summary>The volume is where it was, or somebody has to look at it; the reason says which. Final.</summary>
    Failed,
}
