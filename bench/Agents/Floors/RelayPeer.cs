using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Actors.Agents.Frames;
using Actors.Agents.Messages;

namespace Actors.Bench.Agents.Floors;

/// <summary>
/// One socket of the relay: a loop that reads, and a queue that whoever has an update for it empties. A node record goes from one to the
/// other as the bytes that it came in.
/// </summary>
internal sealed class RelayPeer(Guid id, WebSocket socket, RelayServer server)
{
    private readonly Queue<byte[]> _unsent = new(0);
    private HashSet<RelayPeer>? _listeners;
    private byte[]? _update;
    private bool _isWriting;

    /// <summary>Serves it until its other end closes.</summary>
    public async Task RunAsync()
    {
        Send(Welcome());
        while (true)
        {
            if ((await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)).MessageType == WebSocketMessageType.Close) return;
            var buffer = ArrayPool<byte>.Shared.Rent(4_096);
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (!received.EndOfMessage) throw new InvalidDataException("the load's frames are short");
            Take(buffer.AsSpan(0, received.Count));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Another peer wants to hear of this one.</summary>
    public void AddListener(RelayPeer listener)
    {
        byte[]? update;
        lock (_unsent)
        {
            (_listeners ??= []).Add(listener);
            update = _update;
        }

        if (update is not null) listener.Send(update);
    }

    private byte[] Welcome()
    {
        using var writer = new HubFrameWriter();
        var frame = new ArrayBufferWriter<byte>();
        writer.WriteWelcome(frame, new WelcomeMessage { PeerId = id, DeadMs = int.MaxValue });
        return frame.WrittenSpan.ToArray();
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        var node = default(ReadOnlySpan<byte>);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isNode, isTunnels) = (json.ValueTextEquals("updateNode"u8), json.ValueTextEquals("setTunnels"u8));
            json.Read();
            var start = (int)json.TokenStartIndex;
            if (isTunnels)
            {
                while (json.Read() && json.TokenType == JsonTokenType.String) Share(server.Peers[json.GetGuid()]);
            }
            else
            {
                json.Skip();
                if (isNode) node = frame[start..(int)json.BytesConsumed];
            }
        }

        if (!node.IsEmpty) Tell(node);
    }

    private void Share(RelayPeer other)
    {
        other.AddListener(this);
        AddListener(other);
    }

    private void Tell(ReadOnlySpan<byte> node)
    {
        byte[] update = [.. Encoding.ASCII.GetBytes($"{{\"peerUpdates\":[{{\"id\":\"{id:D}\",\"kind\":\"NODE\",\"node\":"), .. node, .. "}]}"u8];
        lock (_unsent)
        {
            _update = update;
            foreach (var listener in _listeners ?? []) listener.Send(update);
        }
    }

    private void Send(byte[] update)
    {
        lock (_unsent)
        {
            _unsent.Enqueue(update);
            if (_isWriting) return;
            _isWriting = true;
        }

        _ = WriteAsync();
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            byte[]? frame;
            lock (_unsent)
            {
                if (!_unsent.TryDequeue(out frame))
                {
                    _isWriting = false;
                    return;
                }
            }

            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
    }
}
