using System.Text.Json.Serialization;
using Actors.Agents.Messages;

namespace Actors.Bench.Agents.Floors;

/// <summary>What the relay understands of a peer's frame: the hub's own protocol, and no more of it than a relay needs.</summary>
internal sealed record RelayMessage
{
    /// <summary>The peer's node record.</summary>
    public NodeRecord? UpdateNode { get; init; }

    /// <summary>Whom the peer wants to hear of, and who is to hear of it.</summary>
    public Guid[]? SetTunnels { get; init; }
}

/// <summary>What the relay tells a peer.</summary>
internal sealed record RelayAnswer
{
    /// <summary>The first frame.</summary>
    public WelcomeMessage? Welcome { get; init; }

    /// <summary>One update.</summary>
    public RelayUpdate[]? PeerUpdates { get; init; }
}

/// <summary>Another peer's node record.</summary>
/// <param name="Id">Whose it is.</param>
/// <param name="Kind">Always <c>NODE</c>.</param>
/// <param name="Node">The record.</param>
internal sealed record RelayUpdate(Guid Id, string Kind, NodeRecord Node);

/// <summary>How the floors read and write JSON; the same for both.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RelayMessage))]
[JsonSerializable(typeof(RelayAnswer))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(Guid[]))]
internal sealed partial class RelayJson : JsonSerializerContext;
