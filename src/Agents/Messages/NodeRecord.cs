namespace Actors.Agents.Messages;

/// <summary>How a peer can be reached, as it says itself. The hub reads nothing in it but the addresses.</summary>
public sealed record NodeRecord
{
    /// <summary>The peer's public key, 32 bytes.</summary>
    public required byte[] Key { get; init; }

    /// <summary>The key of its discovery messages.</summary>
    public string? Disco { get; init; }

    /// <summary>The number of the relay that it listens at; 0 while it has none.</summary>
    public int? PreferredRelay { get; init; }

    /// <summary>Seconds to each relay, by name.</summary>
    public Dictionary<string, double>? RelayLatency { get; init; }

    /// <summary>Why each of these relays, by number, is only reached through a WebSocket.</summary>
    public Dictionary<string, string>? RelayForcedWebsocket { get; init; }

    /// <summary>Its own addresses, as prefixes; only <see cref="AgentAddress.Of"/> with the length 128 is accepted.</summary>
    public string[]? Addresses { get; init; }

    /// <summary>Prefixes that it takes packets for.</summary>
    public string[]? AllowedIps { get; init; }

    /// <summary>Addresses and ports where it may be reached directly.</summary>
    public string[]? Endpoints { get; init; }
}
