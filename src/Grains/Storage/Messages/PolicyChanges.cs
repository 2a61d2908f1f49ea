using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What applying a file did: with one mistake in it, nothing.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.PolicyChanges")]
public sealed record PolicyChanges
{
    /// <summary>Every mistake.</summary>
    [Id(0)] public string[] Mistakes { get; init; } = [];

    /// <summary>One for each policy of the file.</summary>
    [Id(1)] public PolicyChange[] Changes { get; init; } = [];
}
