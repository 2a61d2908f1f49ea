using System.Text.Json.Serialization;

namespace Actors.Agents;

/// <summary>What happened to a peer that the reader shares a tunnel with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PeerUpdateKind>))]
public enum PeerUpdateKind
{
    /// <summary>It has this node record now.</summary>
    [JsonStringEnumMemberName("NODE")] Node = 1,

    /// <summary>It said goodbye, or no tunnel leads to it or from it any more.</summary>
    [JsonStringEnumMemberName("DISCONNECTED")] Disconnected = 2,

    /// <summary>Its connection broke or its silo died; it may still be reachable by the ways that are known.</summary>
    [JsonStringEnumMemberName("LOST")] Lost = 3,

    /// <summary>It has the reader's node record and waits for a handshake.</summary>
    [JsonStringEnumMemberName("READY_FOR_HANDSHAKE")] ReadyForHandshake = 4,
}
