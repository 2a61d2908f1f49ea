using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What became of an order.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.MigrationEnd")]
public sealed record MigrationEnd
{
    /// <summary>The order's.</summary>
    [Id(0)] public Guid Id { get; init; }

    /// <summary>The volume.</summary>
    [Id(1)] public string Volume { get; init; } = "";

    /// <summary>Whether the volume is where it was to go.</summary>
    [Id(2)] public bool IsDone { get; init; }

    /// <summary>Whether it is not because somebody asked for that.</summary>
    [Id(3)] public bool IsAborted { get; init; }

    /// <summary>Why it is not; null when it is.</summary>
    [Id(4)] public string? Error { get; init; }

    /// <summary>When it began. Milliseconds since 1970.</summary>
    [Id(5)] public long BeganAtMs { get; init; }

    /// <summary>When it ended. Milliseconds since 1970.</summary>
    [Id(6)] public long EndedAtMs { get; init; }
}
