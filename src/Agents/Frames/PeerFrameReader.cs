using System.Globalization;
using System.Text.Json;

namespace Actors.Agents.Frames;

/// <summary>
/// Reads the frames that peers send. It is strict: what the protocol does not know is refused, so that a client's mistake shows at
/// once. Bad input is an answer with the close code, never an exception. Nothing is kept between calls.
/// </summary>
/// <remarks>The protocol is docs/agents.md; <see cref="Messages.PeerMessage"/> is the same frame as an object.</remarks>
public static class PeerFrameReader
{
    /// <summary>Reads one whole frame.</summary>
    /// <param name="bytes">The frame's UTF-8 text; <see cref="PeerFrame.Node"/> is a part of it afterwards.</param>
    /// <param name="peerId">Whose frame it is; the addresses in a node record have to be its own.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="frame">Holds what was read, and nothing else, when the answer is null; what it holds otherwise means nothing.</param>
    /// <returns>Null, or why the connection has to be closed.</returns>
    public static FrameProblem? Read(ReadOnlyMemory<byte> bytes, Guid peerId, AgentLimits limits, PeerFrame frame)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(frame);
        frame.Clear();
        if (bytes.Length > limits.MaxFrameBytes)
            return new FrameProblem(AgentCloseCode.TooBig, "", "the frame is longer than the limit");
        var json = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = AgentProtocol.MaxDepth });
        try
        {
            var problem = ReadFields(ref json, bytes, peerId, limits, frame);
            if (problem is null && json.Read())
                return NotJson(ref json);
            return problem;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is how the reader tells of a string that is not Unicode.
            return NotJson(ref json);
        }
    }

    private static FrameProblem NotJson(ref Utf8JsonReader json) => new(
        AgentCloseCode.NotJson,
        "",
        string.Create(CultureInfo.InvariantCulture, $"the frame is not one JSON object in Unicode, of at most {AgentProtocol.MaxDepth} levels: look behind byte {json.BytesConsumed}"));

    private static FrameProblem? ReadFields(ref Utf8JsonReader json, ReadOnlyMemory<byte> bytes, Guid peerId, AgentLimits limits, PeerFrame frame)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return NotJson(ref json);
        var seen = PeerField.None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref json);
            if (field == PeerField.None)
                return Bad(FrameText.Show(ref json), "is no field");
            if ((seen & field) != 0)
                return Bad(NameOf(field), "is there twice");
            seen |= field;
            json.Read();
            if (ReadField(ref json, field, bytes, peerId, limits, frame) is { } problem)
                return problem;
        }

        return null;
    }

    private static FrameProblem? ReadField(
        ref Utf8JsonReader json, PeerField field, ReadOnlyMemory<byte> bytes, Guid peerId, AgentLimits limits, PeerFrame frame)
    {
        switch (field)
        {
            case PeerField.UpdateNode:
                var start = (int)json.TokenStartIndex;
                if (NodeReader.Read(ref json, peerId, limits) is { } problem)
                    return problem;
                frame.Node = bytes[start..(int)json.BytesConsumed];
                return frame.Node.Length > limits.MaxNodeBytes ? Bad("updateNode", "is longer than the limit") : null;
            case PeerField.Disconnect:
                frame.IsGoodbye = true;
                return json.TokenType == JsonTokenType.StartObject && json.Read() && json.TokenType == JsonTokenType.EndObject
                    ? null
                    : Bad("disconnect", "is an empty object");
            case PeerField.Pong:
                if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number))
                    return Bad("pong", "is a whole number");
                frame.Pong = number;
                return null;
            case PeerField.Lifecycle:
                frame.Lifecycle = ReportReader.LifecycleOf(ref json);
                return frame.Lifecycle is null ? Bad("lifecycle", "is a state's name") : null;
            case PeerField.Metadata:
                return ReportReader.ReadMetadata(ref json, limits, frame.MetadataList);
            case PeerField.Connections:
                return ReportReader.ReadConnections(ref json, limits, frame.ConnectionList);
            default:
                frame.HasSetTunnels |= field == PeerField.SetTunnels;
                return ReadPeers(ref json, field, limits, frame.ListOf(field));
        }
    }

    private static FrameProblem? ReadPeers(ref Utf8JsonReader json, PeerField field, AgentLimits limits, List<Guid> peers)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return Bad(NameOf(field), "is a list of UUIDs");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (peers.Count == limits.MaxPeersInList)
                return Bad($"{NameOf(field)}[{peers.Count}]", "the list is longer than the limit");
            if (json.TokenType != JsonTokenType.String || !json.TryGetGuid(out var peer) || peer == Guid.Empty)
                return Bad($"{NameOf(field)}[{peers.Count}]", "is a UUID of the form 8-4-4-4-12, and not all zeros");
            peers.Add(peer);
        }

        return null;
    }

    private static PeerField FieldOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("updateNode"u8))
            return PeerField.UpdateNode;
        if (json.ValueTextEquals("pong"u8))
            return PeerField.Pong;
        if (json.ValueTextEquals("readyForHandshake"u8))
            return PeerField.ReadyForHandshake;
        if (json.ValueTextEquals("addTunnels"u8))
            return PeerField.AddTunnels;
        if (json.ValueTextEquals("removeTunnels"u8))
            return PeerField.RemoveTunnels;
        if (json.ValueTextEquals("setTunnels"u8))
            return PeerField.SetTunnels;
        if (json.ValueTextEquals("disconnect"u8))
            return PeerField.Disconnect;
        if (json.ValueTextEquals("metadata"u8))
            return PeerField.Metadata;
        if (json.ValueTextEquals("connections"u8))
            return PeerField.Connections;
        return json.ValueTextEquals("lifecycle"u8) ? PeerField.Lifecycle : PeerField.None;
    }

    private static string NameOf(PeerField field) => JsonNamingPolicy.CamelCase.ConvertName(field.ToString());

    private static FrameProblem Bad(string field, string rule) => new(AgentCloseCode.BadMessage, field, rule);
}
