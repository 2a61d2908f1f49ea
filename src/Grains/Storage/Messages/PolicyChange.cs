using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What applying a file did to one policy.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PolicyChange")]
public sealed record PolicyChange
{
    /// <summary>Its kind.</summary>
    [Id(0)] public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    [Id(1)] public string Name { get; init; } = "";

    /// <summary>created, configured or unchanged.</summary>
    [Id(2)] public string Change { get; init; } = "";
}
