using Orleans;

namespace Actors.Grains.Overview;

/// <summary>What a silo says of itself.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.silo")]
public sealed record SiloDescription
{
    /// <summary>Its name for people.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its number, also its Kafka broker id.</summary>
    [Id(1)] public required int NodeId { get; init; }

    /// <summary>Its program.</summary>
    [Id(2)] public required string Version { get; init; }

    /// <summary>"Starting", "Active", "Stopping", or "Failed" when only a new process can mend it.</summary>
    [Id(3)] public required string Status { get; init; }

    /// <summary>Why it does not serve; empty when it does.</summary>
    [Id(4)] public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>Where Kafka clients reach it, host:port.</summary>
    [Id(5)] public required string Kafka { get; init; }

    /// <summary>Where HTTP clients reach it, host:port.</summary>
    [Id(6)] public required string Http { get; init; }

    /// <summary>When its program began.</summary>
    [Id(7)] public required DateTimeOffset StartedAt { get; init; }
}
