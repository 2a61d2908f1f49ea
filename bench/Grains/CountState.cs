using Orleans;

namespace Actors.Bench.Grains;

/// <summary>A small state.</summary>
[GenerateSerializer, Immutable]
[Alias("bench.CountState")]
public sealed record CountState
{
    /// <summary>The last value.</summary>
    [Id(0)]
    public int Count { get; init; }
}
