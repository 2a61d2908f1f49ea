using Orleans;

namespace Actors.Grains.Storage;

/// <summary>One replica's way, as part of an order.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.OrderedMove")]
public sealed record OrderedMove
{
    /// <summary>The pool where it lies.</summary>
    [Id(0)] public string SourcePool { get; init; } = "";

    /// <summary>The pool where it goes.</summary>
    [Id(1)] public string TargetPool { get; init; } = "";

    /// <summary>The node of the one.</summary>
    [Id(2)] public string SourceNode { get; init; } = "";

    /// <summary>The node of the other.</summary>
    [Id(3)] public string TargetNode { get; init; } = "";
}
