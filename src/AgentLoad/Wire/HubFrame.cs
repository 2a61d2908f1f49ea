using System.Text.Json;
using Actors.Agents;

namespace Actors.AgentLoad.Wire;

/// <summary>Reads the frames that come thousands of times a second, updates and pings, without garbage.</summary>
/// <remarks>Frames with anything else in them are left to <see cref="Actors.Agents.Messages.HubMessage"/>.</remarks>
internal ref struct HubFrame
{
    private Utf8JsonReader _json;
    private bool _isInUpdates;

    /// <summary>Begins.</summary>
    /// <exception cref="JsonException">It is no object.</exception>
    public HubFrame(ReadOnlySpan<byte> text)
    {
        _json = new Utf8JsonReader(text);
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A frame is an object.");
    }

    /// <summary>A field stands there that is neither updates nor a ping.</summary>
    public bool HasOther { get; private set; }

    /// <summary>The ping to be answered, or null.</summary>
    public long? Ping { get; private set; }

    /// <summary>The present update's peer.</summary>
    public Guid Peer { get; private set; }

    /// <summary>What happened to it.</summary>
    public PeerUpdateKind Kind { get; private set; }

    /// <summary>The key of its node record, or empty.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>Goes to the next update; false at the frame's end.</summary>
    /// <exception cref="JsonException">It is no frame of a hub.</exception>
    /// <exception cref="FormatException">An id is none.</exception>
    /// <exception cref="InvalidOperationException">A field has another type.</exception>
    public bool NextUpdate()
    {
        while (_json.Read())
        {
            if (_isInUpdates)
            {
                if (_json.TokenType == JsonTokenType.StartObject)
                {
                    ReadUpdate();
                    return true;
                }

                _isInUpdates = false;
            }
            else if (_json.TokenType == JsonTokenType.PropertyName)
            {
                ReadField();
            }
        }

        return false;
    }

    private void ReadField()
    {
        if (_json.ValueTextEquals("peerUpdates"u8))
        {
            _json.Read();
            _isInUpdates = true;
        }
        else if (_json.ValueTextEquals("ping"u8))
        {
            _json.Read();
            Ping = _json.GetInt64();
        }
        else
        {
            HasOther = true;
            _json.Skip();
        }
    }

    private void ReadUpdate()
    {
        (Peer, Kind) = (default, default);
        Key = default;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("id"u8))
            {
                _json.Read();
                Peer = _json.GetGuid();
            }
            else if (_json.ValueTextEquals("kind"u8))
            {
                _json.Read();
                Kind = KindOf();
            }
            else if (_json.ValueTextEquals("node"u8))
            {
                _json.Read();
                ReadNode();
            }
            else
            {
                _json.Skip();
            }
        }
    }

    private void ReadNode()
    {
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = _json.ValueTextEquals("key"u8);
            _json.Read();
            if (isKey)
                Key = _json.ValueSpan;
            else
                _json.Skip();
        }
    }

    private readonly PeerUpdateKind KindOf()
    {
        if (_json.ValueTextEquals("NODE"u8))
            return PeerUpdateKind.Node;
        if (_json.ValueTextEquals("LOST"u8))
            return PeerUpdateKind.Lost;
        if (_json.ValueTextEquals("DISCONNECTED"u8))
            return PeerUpdateKind.Disconnected;
        return _json.ValueTextEquals("READY_FOR_HANDSHAKE"u8) ? PeerUpdateKind.ReadyForHandshake : default;
    }
}
