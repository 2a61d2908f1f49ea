using Orleans;

namespace Actors.Grains.Agents;

/// <summary>
/// All that one peer has to say to another, and what it has heard from it: a state, not an event. It may be lost, late or twice.
/// The answer to one is the other's own.
/// </summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Push")]
public sealed record PeerPush
{
    /// <summary>Who says it.</summary>
    [Id(0)] public Guid From { get; init; }

    /// <summary>Its announcement; <see cref="Agents.Announcement.Absent"/> when it knows of no tunnel between the two.</summary>
    [Id(1)] public Announcement Announcement { get; init; } = Announcement.Absent;

    /// <summary>Its tunnel to the receiver.</summary>
    [Id(2)] public TunnelState Tunnel { get; init; }

    /// <summary>Whether it is ready for the receiver.</summary>
    [Id(3)] public ReadySignal Ready { get; init; }

    /// <summary>The newest announcement of the receiver's that it has.</summary>
    [Id(4)] public PeerVersion KnownAnnouncement { get; init; }

    /// <summary>The newest state that it has of the receiver's tunnel to it.</summary>
    [Id(5)] public PeerVersion KnownTunnel { get; init; }

    /// <summary>The newest ready signal of the receiver's that it has.</summary>
    [Id(6)] public PeerVersion KnownReady { get; init; }

    /// <summary>Whether a tunnel of its own that it does not know does not exist.</summary>
    [Id(7)] public bool IsComplete { get; init; }

    /// <summary>The latest connection of the receiver's that it, or its session, has heard of; the receiver may have forgotten it.</summary>
    [Id(8)] public long KnownEpoch { get; init; }
}
