using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A copy asks for its share of everything that it loads.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.CopyAsk")]
public sealed record CopyAsk
{
    /// <summary>The volume, which copies one replica at a time.</summary>
    [Id(0)] public string Volume { get; init; } = "";

    /// <summary>From where to where.</summary>
    [Id(1)] public OrderedMove Move { get; init; } = new();

    /// <summary>The run of the lender that gave the last grant; 0 when there is none.</summary>
    [Id(2)] public long Run { get; init; }

    /// <summary>The number of the last grant that the copy goes by.</summary>
    [Id(3)] public long GoesByGrant { get; init; }

    /// <summary>What it copied between the last two looks at it; null when nobody counts.</summary>
    [Id(4)] public long? CopiedBytes { get; init; }

    /// <summary>How long that took. Milliseconds, more than 0 where <see cref="CopiedBytes"/> is known.</summary>
    [Id(5)] public long CopiedMs { get; init; }
}
