using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What a copy may use until it ends.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.CopyGrant")]
public sealed record CopyGrant
{
    /// <summary>The run of the lender.</summary>
    [Id(0)] public long Run { get; init; }

    /// <summary>Rises with each grant of a run.</summary>
    [Id(1)] public long Number { get; init; }

    /// <summary>The rate; 0: it waits.</summary>
    [Id(2)] public long BytesPerSecond { get; init; }

    /// <summary>How long it holds, from when it was asked for. Milliseconds.</summary>
    [Id(3)] public long TimeToLiveMs { get; init; }

    /// <summary>What it waits for; null when it does not.</summary>
    [Id(4)] public string? WaitsFor { get; init; }

    /// <summary>Whether a link that it needs is up, or it needs none.</summary>
    [Id(5)] public bool IsPathUp { get; init; }

    /// <summary>
    /// Whether the lender is new and waits until every grant of its predecessor has ended: then this is no grant, and whoever has one
    /// goes by it until its end.
    /// </summary>
    [Id(6)] public bool IsSettling { get; init; }

    /// <summary>What applications do on the busier of the two pools; null when nobody measures either.</summary>
    [Id(7)] public long? ApplicationBytesPerSecond { get; init; }
}
