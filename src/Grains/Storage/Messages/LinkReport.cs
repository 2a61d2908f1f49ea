using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A link, its budget and who uses it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.LinkReport")]
public sealed record LinkReport
{
    /// <summary>Its name.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>One end.</summary>
    [Id(1)] public string First { get; init; } = "";

    /// <summary>The other end.</summary>
    [Id(2)] public string Second { get; init; } = "";

    /// <summary>The profile's name.</summary>
    [Id(3)] public string Profile { get; init; } = "";

    /// <summary>What it carries in one direction.</summary>
    [Id(4)] public long CapacityBytesPerSecond { get; init; }

    /// <summary>What copies may take of it together, at this moment.</summary>
    [Id(5)] public long BudgetBytesPerSecond { get; init; }

    /// <summary>What of it is lent.</summary>
    [Id(6)] public long GrantedBytesPerSecond { get; init; }

    /// <summary>Whether it is up.</summary>
    [Id(7)] public bool IsUp { get; init; }

    /// <summary>How many copies may use it now; null: any number.</summary>
    [Id(8)] public int? MaxCopies { get; init; }

    /// <summary>The volumes whose copies go over it.</summary>
    [Id(9)] public string[] Volumes { get; init; } = [];

    /// <summary>Nodes at whose end somebody should look, because the end has an address, and nobody has: until all do, the link is lent to one copy at the least share.</summary>
    [Id(10)] public string[] UnseenNodes { get; init; } = [];
}
