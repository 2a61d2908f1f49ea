using Orleans;

namespace Actors.Grains.Overview;

/// <summary>One persistent state of a grain, as its store has it.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.state")]
public sealed record StateReport
{
    /// <summary>The state's name within the grain.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The state as JSON, without secrets; null when nothing is stored, or when it could not be read.</summary>
    [Id(1)] public string? Json { get; init; }

    /// <summary>Why it could not be read; null when it could.</summary>
    [Id(2)] public string? Problem { get; init; }
}
