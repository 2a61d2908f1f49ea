using System.Text.Json;

namespace Actors.Agents.Messages;

/// <summary>One frame of the hub. A client passes over fields that it does not know.</summary>
public sealed record HubMessage
{
    /// <summary>The first frame of every connection, and only that.</summary>
    public WelcomeMessage? Welcome { get; init; }

    /// <summary>What became of peers, oldest first; at most one entry per peer and kind.</summary>
    public PeerUpdateMessage[]? PeerUpdates { get; init; }

    /// <summary>Something that was asked for and not done.</summary>
    public ErrorMessage? Error { get; init; }

    /// <summary>To be answered with a pong of the same number.</summary>
    public long? Ping { get; init; }

    /// <summary>Takes the place of the token in the welcome.</summary>
    public ResumeMessage? Resume { get; init; }

    /// <summary>Reads a frame of the hub.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static HubMessage Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, AgentJson.Default.HubMessage) ?? throw new JsonException("A frame is an object, not null.");
}
