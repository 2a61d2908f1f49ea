using System.Text.Json;

namespace Actors.Agents.Messages;

/// <summary>What became of one peer.</summary>
public sealed record PeerUpdateMessage
{
    /// <summary>The peer.</summary>
    public Guid Id { get; init; }

    /// <summary>What happened.</summary>
    public PeerUpdateKind Kind { get; init; }

    /// <summary>Its node record, for <see cref="PeerUpdateKind.Node"/> only: the object as the peer wrote it.</summary>
    public JsonElement? Node { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }
}
