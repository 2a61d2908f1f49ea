using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Actors.Agents.Messages;

namespace Actors.Bench.Agents.Floors;

/// <summary>One socket of the relay: a loop that reads, and a queue that whoever has an update for it empties.</summary>
internal sealed class RelayPeer(Guid id, WebSocket socket, RelayServer server)
{
    private readonly Queue<byte[]> _unsent = new(0);
    private HashSet<RelayPeer>? _listeners;
    private NodeRecord? _node;
    private bool _isWriting;

    /// <summary>Serves it until its other end closes.</summary>
    public async Task RunAsync()
    {
        Send(new RelayAnswer { Welcome = new WelcomeMessage { PeerId = id, DeadMs = int.MaxValue } });
        while (true)
        {
            if ((await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)).MessageType == WebSocketMessageType.Close) return;
            var buffer = ArrayPool<byte>.Shared.Rent(4_096);
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (!received.EndOfMessage) throw new InvalidDataException("the load's frames are short");
            var message = JsonSerializer.Deserialize(buffer.AsSpan(0, received.Count), RelayJson.Default.RelayMessage)!;
            ArrayPool<byte>.Shared.Return(buffer);
            Take(message);
        }
    }

    /// <summary>Another peer wants to hear of this one.</summary>
    public void AddListener(RelayPeer listener)
    {
        NodeRecord? node;
        lock (_unsent)
        {
            (_listeners ??= []).Add(listener);
            node = _node;
        }

        if (node is not null) listener.Send(Update(node));
    }

    private void Take(RelayMessage message)
    {
        foreach (var other in message.SetTunnels ?? [])
        {
            server.Peers[other].AddListener(this);
            AddListener(server.Peers[other]);
        }

        if (message.UpdateNode is not { } node) return;
        var update = Update(node);
        lock (_unsent)
        {
            _node = node;
            foreach (var listener in _listeners ?? []) listener.Send(update);
        }
    }

    private RelayAnswer Update(NodeRecord node) => new() { PeerUpdates = [new RelayUpdate(id, "NODE", node)] };

    private void Send(RelayAnswer answer)
    {
        var frame = JsonSerializer.SerializeToUtf8Bytes(answer, RelayJson.Default.RelayAnswer);
        lock (_unsent)
        {
            _unsent.Enqueue(frame);
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
