using Orleans;

namespace Actors.Grains.Overview;

/// <summary>One grain class on one silo.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.class")]
public sealed record ClassReport
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>How many activations it has there.</summary>
    [Id(1)] public int Activations { get; init; }

    /// <summary>Calls that have arrived and not begun, of all its activations; null when the runtime does not tell.</summary>
    [Id(2)] public long? WaitingCalls { get; init; }

    /// <summary>Calls that wait for the activation with the most of them; null when the runtime does not tell.</summary>
    [Id(3)] public int? LongestQueue { get; init; }
}
