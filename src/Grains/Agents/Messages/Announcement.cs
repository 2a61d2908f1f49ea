using Orleans;

namespace Actors.Grains.Agents;

/// <summary>What a peer says of itself. Only the peer's own grain makes them; others keep the newest that they have seen.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Announcement")]
public sealed record Announcement
{
    /// <summary>Of a peer that nothing is known of.</summary>
    public static readonly Announcement Absent = new();

    /// <summary>How new it is; says the kind too.</summary>
    [Id(0)] public PeerVersion Version { get; init; }

    /// <summary>Who holds, or held, the connection.</summary>
    [Id(1)] public GatewayRun Gateway { get; init; }

    /// <summary>The node record as UTF-8 JSON; nobody changes the bytes. Empty when there is none, or it is left out.</summary>
    [Id(2)] public ReadOnlyMemory<byte> Node { get; init; }

    /// <summary>Whether the node record is left out, because the receiver is believed to have it.</summary>
    [Id(3)] public bool IsNodeOmitted { get; init; }

    /// <summary>What it says.</summary>
    public PeerKind Kind => Version.Kind;

    /// <summary>Whether it says that the peer has a connection.</summary>
    public bool IsLive => Version.IsLive;
}
