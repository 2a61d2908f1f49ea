namespace Actors.Storage.Migrations;

/// <summary>What somebody asks of a migration.</summary>
public enum MigrationCommand
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Stop copying for now.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Take everything back.</summary>
    Abort,

    /// <summary>Take everything back that can be, and end even so: what cannot be removed, as on a disk that is dead, is named in the reason and left.</summary>
    Forget,
}
