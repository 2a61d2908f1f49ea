using Orleans;

namespace Actors.Silo.Tests.Stores;

/// <summary>What a counter keeps.</summary>
[GenerateSerializer, Immutable, Alias("test.silo.CounterState")]
public sealed record CounterState
{
    /// <summary>The sum.</summary>
    [Id(0)]
    public int Sum { get; init; }
}
