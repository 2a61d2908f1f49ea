using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A migration under way, or the last one that ended.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.MigrationReport")]
public sealed record MigrationReport
{
    /// <summary>The order's id.</summary>
    [Id(0)] public Guid Id { get; init; }

    /// <summary>The policy that decided it; null when somebody asked for it.</summary>
    [Id(1)] public string? Policy { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public string Phase { get; init; } = "";

    /// <summary>Where the replica lies that moves now.</summary>
    [Id(3)] public string SourcePool { get; init; } = "";

    /// <summary>Where it goes.</summary>
    [Id(4)] public string TargetPool { get; init; } = "";

    /// <summary>Which of the replicas that move, from 1.</summary>
    [Id(5)] public int Move { get; init; }

    /// <summary>How many move.</summary>
    [Id(6)] public int Moves { get; init; }

    /// <summary>What is copied of it.</summary>
    [Id(7)] public long CopiedBytes { get; init; }

    /// <summary>What there is to copy.</summary>
    [Id(8)] public long SizeBytes { get; init; }

    /// <summary>The rate that is lent to it.</summary>
    [Id(9)] public long BytesPerSecond { get; init; }

    /// <summary>What it waits for; null when it does not wait.</summary>
    [Id(10)] public string? WaitsFor { get; init; }

    /// <summary>Why it is paused, aborting or failed.</summary>
    [Id(11)] public string? Reason { get; init; }

    /// <summary>What went wrong last; null when nothing did.</summary>
    [Id(12)] public string? Problem { get; init; }

    /// <summary>Whether its phase takes longer than it may, and somebody should look.</summary>
    [Id(13)] public bool IsOverdue { get; init; }

    /// <summary>When it was decided.</summary>
    [Id(14)] public DateTimeOffset DecidedAt { get; init; }

    /// <summary>When it ended; null while it is under way.</summary>
    [Id(15)] public DateTimeOffset? EndedAt { get; init; }
}
