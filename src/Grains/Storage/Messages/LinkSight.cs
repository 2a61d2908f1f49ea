using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What one end of a link sees of it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.LinkSight")]
public sealed record LinkSight
{
    /// <summary>The link.</summary>
    [Id(0)] public string Link { get; init; } = "";

    /// <summary>The node that sees it.</summary>
    [Id(1)] public string Node { get; init; } = "";

    /// <summary>Whether it is up.</summary>
    [Id(2)] public bool IsUp { get; init; }

    /// <summary>All that goes over it in the busier direction, copies included; null when nobody measures.</summary>
    [Id(3)] public long? BytesPerSecond { get; init; }
}
