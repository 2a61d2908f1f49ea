using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A volume, and what is decided over it at this moment; nothing is done by looking.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.VolumeReport")]
public sealed record VolumeReport
{
    /// <summary>Its name.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>Its storage class.</summary>
    [Id(1)] public string StorageClass { get; init; } = "";

    /// <summary>Its labels, each as name=value.</summary>
    [Id(2)] public string[] Labels { get; init; } = [];

    /// <summary>Its size.</summary>
    [Id(3)] public long SizeBytes { get; init; }

    /// <summary>Where its replicas lie.</summary>
    [Id(4)] public string[] Pools { get; init; } = [];

    /// <summary>Whether every replica is online and in sync.</summary>
    [Id(5)] public bool IsHealthy { get; init; }

    /// <summary>Whether a migration of it is under way.</summary>
    [Id(6)] public bool IsMoving { get; init; }

    /// <summary>The policy that has it; null when none selects it.</summary>
    [Id(7)] public string? Policy { get; init; }

    /// <summary>Policies that select it too and do not have it.</summary>
    [Id(8)] public string[] OtherPolicies { get; init; } = [];

    /// <summary>The tier it is in, in lower case; none when its pools are of no tier or of several.</summary>
    [Id(9)] public string Tier { get; init; } = "none";

    /// <summary>The tier that its heat wants, in lower case.</summary>
    [Id(10)] public string WantedTier { get; init; } = "none";

    /// <summary>What is to be done: stay, blocked, dryRun or move.</summary>
    [Id(11)] public string Action { get; init; } = "stay";

    /// <summary>Operations per second over its policy's window; null when they are not known.</summary>
    [Id(12)] public double? Iops { get; init; }

    /// <summary>Why they are not known; null when they are.</summary>
    [Id(13)] public string? HeatUnknown { get; init; }

    /// <summary>Why it is where it is, or wanted elsewhere.</summary>
    [Id(14)] public string Why { get; init; } = "";

    /// <summary>What happens next.</summary>
    [Id(15)] public string Next { get; init; } = "";

    /// <summary>Everything that stands against a move.</summary>
    [Id(16)] public string[] Blocks { get; init; } = [];

    /// <summary>Its replicas' ways, when it is to move or would.</summary>
    [Id(17)] public MoveReport[] Moves { get; init; } = [];

    /// <summary>How many readings in a row want it elsewhere.</summary>
    [Id(18)] public int ReadingsInRow { get; init; }

    /// <summary>Until when it stays because it moved lately; null when it does not.</summary>
    [Id(19)] public DateTimeOffset? CooldownUntil { get; init; }

    /// <summary>Its migration under way, or the last one; null when it has never moved, or its grain does not answer.</summary>
    [Id(20)] public MigrationReport? Migration { get; init; }
}
