using Orleans;

namespace Actors.Grains.Agents;

/// <summary>What a peer's grain knows, for people who look.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Description")]
public sealed record PeerDescription
{
    /// <summary>What it says of itself; without the bytes of its node record.</summary>
    [Id(0)] public Announcement Announcement { get; init; } = Announcement.Absent;

    /// <summary>Bytes of its node record; 0 when it has none.</summary>
    [Id(1)] public int NodeBytes { get; init; }

    /// <summary>Whether a session is attached to this activation.</summary>
    [Id(2)] public bool IsAttached { get; init; }

    /// <summary>Whether the store has said what it knows.</summary>
    [Id(3)] public bool AreRowsRead { get; init; }

    /// <summary>Whether all that is to be stored is in the store.</summary>
    [Id(4)] public bool IsStored { get; init; }

    /// <summary>Peers with a tunnel to or from this one, those with tunnels that were closed a short time ago included.</summary>
    [Id(5)] public PeerNeighbour[] Neighbours { get; init; } = [];
}
