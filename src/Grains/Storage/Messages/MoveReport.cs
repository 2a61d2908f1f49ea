using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A replica's way that is planned, with what it would cost.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.MoveReport")]
public sealed record MoveReport
{
    /// <summary>Where it lies.</summary>
    [Id(0)] public string SourcePool { get; init; } = "";

    /// <summary>Where it goes.</summary>
    [Id(1)] public string TargetPool { get; init; } = "";

    /// <summary>The link it goes over; null when there is none between the nodes, or they are one.</summary>
    [Id(2)] public string? Link { get; init; }

    /// <summary>What it copies.</summary>
    [Id(3)] public long Bytes { get; init; }

    /// <summary>The most that it would get if it were alone. Bytes per second.</summary>
    [Id(4)] public long BytesPerSecond { get; init; }

    /// <summary>How long it would take at that rate.</summary>
    [Id(5)] public double Seconds { get; init; }

    /// <summary>Whether it goes from one node to another and no link between the two is named, so that nothing but its pools bounds it.</summary>
    [Id(6)] public bool IsOverNoLink { get; init; }
}
