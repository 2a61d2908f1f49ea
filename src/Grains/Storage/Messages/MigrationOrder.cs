using Orleans;

namespace Actors.Grains.Storage;

/// <summary>That a volume is to move: decided once, carried out by the volume's grain, and remembered by both until the end is told.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.MigrationOrder")]
public sealed record MigrationOrder
{
    /// <summary>Unique.</summary>
    [Id(0)] public Guid Id { get; init; }

    /// <summary>The volume.</summary>
    [Id(1)] public string Volume { get; init; } = "";

    /// <summary>The policy that decided it; null when somebody asked for it.</summary>
    [Id(2)] public string? Policy { get; init; }

    /// <summary>The tier that the volume was in, in lower case.</summary>
    [Id(3)] public string FromTier { get; init; } = "none";

    /// <summary>The tier that it goes to, in lower case.</summary>
    [Id(4)] public string ToTier { get; init; } = "none";

    /// <summary>Operations per second that brought the decision; 0 when somebody asked for it.</summary>
    [Id(5)] public double TriggerIops { get; init; }

    /// <summary>Its replicas' ways, one after the other.</summary>
    [Id(6)] public OrderedMove[] Moves { get; init; } = [];

    /// <summary>The volume's size.</summary>
    [Id(7)] public long SizeBytes { get; init; }

    /// <summary>How long copying one replica may take. Milliseconds.</summary>
    [Id(8)] public long CopyTimeoutMs { get; init; }

    /// <summary>When it was decided. Milliseconds since 1970.</summary>
    [Id(9)] public long DecidedAtMs { get; init; }

    /// <summary>It begins no earlier. Milliseconds since 1970.</summary>
    [Id(10)] public long NotBeforeMs { get; init; }
}
