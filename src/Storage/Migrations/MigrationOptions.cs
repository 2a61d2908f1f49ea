namespace Actors.Storage.Migrations;

/// <summary>How long each phase may take.</summary>
public sealed record MigrationOptions
{
    /// <summary>Waiting for a share, or for a path that is down. After it the migration is given up; the volume is wanted elsewhere again soon enough.</summary>
    public TimeSpan SlotTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Copying, without the time it waited or was paused: the policy's migrationTimeout.</summary>
    public TimeSpan CopyTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Copying without any progress.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Verifying, and switching, each. After that the migration is aborted while it can be. A path that is down for so long is overdue.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Removing a replica. After that it is overdue: it is tried on, and somebody is told.</summary>
    public TimeSpan RemovalTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the old replica is kept after the switch.</summary>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often one effect is tried before the migration is aborted.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The pause after the first failure; it doubles up to a minute.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);
}
