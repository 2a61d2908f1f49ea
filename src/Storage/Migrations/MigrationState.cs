using System.Collections.Immutable;

namespace Actors.Storage.Migrations;

/// <summary>What is stored of a migration: with it and a look at the back end any process can go on.</summary>
public sealed record MigrationState
{
    /// <summary>The volume.</summary>
    public required string Volume { get; init; }

    /// <summary>The pool whose replica moves.</summary>
    public required string SourcePool { get; init; }

    /// <summary>Where it goes.</summary>
    public required string TargetPool { get; init; }

    /// <summary>Where it stands.</summary>
    public MigrationPhase Phase { get; init; }

    /// <summary>When it came there. Milliseconds since 1970.</summary>
    public required long SinceMs { get; init; }

    /// <summary>Ids of the replicas that there were before anything was done, and of those that somebody else has made since: none of them is ours.</summary>
    public ImmutableArray<string> Before { get; init; } = [];

    /// <summary>How many replicas there were before anything was done: the volume is never left with fewer.</summary>
    public int CountBefore { get; init; }

    /// <summary>The replica that moves; null while it is planned.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the back end was asked for the new replica: until then none of the replicas is ours. Stored before it is asked.</summary>
    public bool IsTargetAsked { get; init; }

    /// <summary>The new replica; null until it was seen, and when it had vanished as the migration was aborted.</summary>
    public string? Target { get; init; }

    /// <summary>How much of it was filled when it was looked at last.</summary>
    public long ProgressBytes { get; init; }

    /// <summary>When that was more than before. Milliseconds since 1970.</summary>
    public long ProgressAtMs { get; init; }

    /// <summary>How long it has copied before this time. Milliseconds.</summary>
    public long CopiedMs { get; init; }

    /// <summary>Failures of the effect that is tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Nothing is tried before. Milliseconds since 1970.</summary>
    public long NextTryMs { get; init; }

    /// <summary>Whether it was paused by request, and so goes on by request only.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Whether it ends by request with what can be removed removed, and leaves the rest.</summary>
    public bool IsForgetting { get; init; }

    /// <summary>Why it is paused, aborted or failed, or what its copy waits for.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it ended.</summary>
    public bool IsFinal => Phase is MigrationPhase.Done or MigrationPhase.Failed;

    /// <summary>Whether it needs a share of links and pools now; in every other phase the share is given back.</summary>
    public bool WantsSlot => Phase is MigrationPhase.WaitingForSlot or MigrationPhase.Copying;
}
