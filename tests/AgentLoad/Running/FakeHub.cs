using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Actors.Agents;
using Actors.Agents.Frames;
using Actors.Agents.Messages;
using Actors.Harness;

namespace Actors.AgentLoad.Tests.Running;

/// <summary>
/// A hub in memory that does what a hub does, with .NET's own WebSocket, and what a test wants it to do wrong: each update passes
/// <see cref="Forward"/>, which says how often it is told.
/// </summary>
internal sealed class FakeHub : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<Guid, Peer> _peers = [];
    private readonly ConcurrentQueue<string> _dials = new();
    private readonly ConcurrentQueue<IPAddress> _sources = new();
    private readonly ConcurrentQueue<Guid> _clients = new();
    private int _dialCount;

    public FakeHub() => _server = new LoopbackServer(ServeAsync);

    public IPEndPoint Address => new(IPAddress.Loopback, _server.Port);

    /// <summary>Says how often the number-th update (from 0) is told to its receiver; 1 without it.</summary>
    public Func<int, int> Forward { get; set; } = static _ => 1;

    /// <summary>Sent beside each update: what this hub invents.</summary>
    public Func<Guid, Guid, byte[]?> Beside { get; set; } = static (_, _) => null;

    /// <summary>The answer's head to the number-th dial (from 0), or null for the right one.</summary>
    public Func<int, string?> Answer { get; init; } = static _ => null;

    /// <summary>Answers nothing to a dial.</summary>
    public bool IsMute { get; init; }

    /// <summary>Gives clients a new id each time, as a hub does that does not know their resume tokens.</summary>
    public bool ForgetsClients { get; init; }

    /// <summary>How often it says that it pings, which it never does.</summary>
    public int PingMs { get; init; } = 15_000;

    /// <summary>Tells of a node record nothing but its key.</summary>
    public bool TellsKeysOnly { get; init; }

    /// <summary>The ids that clients got, in their order.</summary>
    public IReadOnlyCollection<Guid> Clients => _clients;

    /// <summary>The heads of all dials.</summary>
    public IReadOnlyCollection<string> Dials => _dials;

    /// <summary>The addresses that they came from.</summary>
    public IReadOnlyCollection<IPAddress> Sources => _sources;

    /// <summary>How many updates were forwarded.</summary>
    public int Updates { get; private set; }

    /// <summary>Sends a frame to everybody.</summary>
    public Task SendAllAsync(string text) => InTurnAsync(async () =>
    {
        foreach (var peer in _peers.Values)
            await SendAsync(peer, Encoding.UTF8.GetBytes(text));
    });

    /// <summary>Tells everybody again what it was told last.</summary>
    public Task RepeatAllAsync() => InTurnAsync(async () =>
    {
        foreach (var peer in _peers.Values)
        {
            foreach (var other in Neighbours(peer.Id))
                await TellAsync(peer, other);
        }
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Peer(Guid id, WebSocket socket)
    {
        public Guid Id => id;

        public WebSocket Socket => socket;

        public byte[]? Node { get; set; }

        public HashSet<Guid> Tunnels { get; } = [];
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        var head = await ReadHeadAsync(stream, stopping);
        _dials.Enqueue(head);
        _sources.Enqueue(((IPEndPoint)socket.RemoteEndPoint!).Address);
        if (IsMute)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        }

        if (Answer(Interlocked.Increment(ref _dialCount) - 1) is { } other)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(other), stopping);
            return;
        }

        var path = head.Split(' ')[1];
        var id = path.StartsWith("/agents/", StringComparison.Ordinal) ? Guid.Parse(path.Split('/')[2])
            : !ForgetsClients && HeaderOf(head, "Actors-Resume") is { } resume ? Guid.Parse(resume) : Guid.NewGuid();
        if (path.StartsWith("/clients/", StringComparison.Ordinal))
            _clients.Enqueue(id);
        var accept = AcceptOf(HeaderOf(head, "Sec-WebSocket-Key"));
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nsec-websocket-accept: {accept}\r\n"
                + $"Sec-WebSocket-Protocol: {AgentProtocol.SubProtocol}\r\n\r\n"),
            stopping);
        using var web = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = AgentProtocol.SubProtocol });
        var peer = new Peer(id, web);
        try
        {
            await MeetAsync(peer, stopping);
        }
        catch (WebSocketException)
        {
            // It was cut.
        }
        finally
        {
            await InTurnAsync(() => LeaveAsync(peer));
        }
    }

    private async Task MeetAsync(Peer peer, CancellationToken stopping)
    {
        await InTurnAsync(() => WelcomeAsync(peer));
        var buffer = new byte[65_536];
        var frame = new PeerFrame();
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await peer.Socket.ReceiveAsync(buffer.AsMemory(length), stopping);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                return;
            var problem = PeerFrameReader.Read(buffer.AsMemory(0, length), peer.Id, new AgentLimits(), frame);
            Assert.Null(problem);
            if (frame.IsGoodbye)
            {
                await peer.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "goodbye", stopping);
                return;
            }

            await InTurnAsync(() => DoAsync(peer, frame));
        }
    }

    private async Task WelcomeAsync(Peer peer)
    {
        var welcome = new WelcomeMessage
        {
            PeerId = peer.Id,
            PingMs = PingMs,
            DeadMs = 30_000,
            MaxFrameBytes = 65_536,
            MaxTunnels = 256,
            Resume = new ResumeMessage { Token = peer.Id.ToString("D") },
        };
        await SendAsync(peer, writer => target => writer.WriteWelcome(target, welcome));
        _peers[peer.Id] = peer;
        foreach (var other in Neighbours(peer.Id))
            await TellAsync(peer, other);
    }

    /// <summary>One thing after the other: whoever is told is told in the order in which it happened.</summary>
    private async Task InTurnAsync(Func<Task> act)
    {
        await _turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task DoAsync(Peer peer, PeerFrame frame)
    {
        var opened = new List<Peer>();
        if (frame.HasSetTunnels)
        {
            peer.Tunnels.UnionWith(frame.SetTunnels);
            opened = [.. Neighbours(peer.Id).Where(other => other.Node is not null)];
        }

        if (!frame.Node.IsEmpty)
        {
            peer.Node = TellsKeysOnly ? [.. frame.Node.Span[..frame.Node.Span.IndexOf((byte)',')], (byte)'}'] : frame.Node.ToArray();
            foreach (var other in Neighbours(peer.Id))
            {
                if (Beside(other.Id, peer.Id) is { } invented)
                    await SendAsync(other, invented);
                for (var times = Forward(Updates++); times > 0; times--)
                    await TellAsync(other, peer);
            }
        }

        foreach (var other in opened)
            await TellAsync(peer, other);
        foreach (var ready in frame.ReadyForHandshake)
        {
            if (Neighbours(peer.Id).FirstOrDefault(other => other.Id == ready) is { } client)
                await TellAsync(client, peer.Id, PeerUpdateKind.ReadyForHandshake, null);
        }
    }

    private async Task LeaveAsync(Peer peer)
    {
        if (_peers.GetValueOrDefault(peer.Id) != peer)
            return;
        _peers.Remove(peer.Id);
        foreach (var other in Neighbours(peer.Id, peer))
        {
            if (peer.Node is not null)
                await TellAsync(other, peer.Id, PeerUpdateKind.Lost, null);
        }
    }

    private List<Peer> Neighbours(Guid id, Peer? gone = null)
    {
        var own = gone ?? _peers.GetValueOrDefault(id);
        return [.. _peers.Values.Where(other => other.Id != id && (other.Tunnels.Contains(id) || own?.Tunnels.Contains(other.Id) == true))];
    }

    private static Task TellAsync(Peer receiver, Peer subject) =>
        subject.Node is null ? Task.CompletedTask : TellAsync(receiver, subject.Id, PeerUpdateKind.Node, subject.Node);

    private static Task TellAsync(Peer receiver, Guid subject, PeerUpdateKind kind, byte[]? node) => SendAsync(receiver, writer => target =>
    {
        writer.BeginUpdates(target);
        writer.AddUpdate(subject, kind, node, null);
        writer.EndUpdates();
    });

    private static Task SendAsync(Peer receiver, Func<HubFrameWriter, Action<IBufferWriter<byte>>> write)
    {
        using var writer = new HubFrameWriter();
        var target = new ArrayBufferWriter<byte>();
        write(writer)(target);
        return SendAsync(receiver, target.WrittenMemory);
    }

    private static async Task SendAsync(Peer receiver, ReadOnlyMemory<byte> text)
    {
        try
        {
            await receiver.Socket.SendAsync(text, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It has gone; its own loop sees that.
        }
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 says so; nothing is kept secret with it.")]
    private static string AcceptOf(string? key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken stopping)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stopping) == 0)
                throw new IOException("The dial ended.");
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private static string? HeaderOf(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 2)..])
        .FirstOrDefault();
}
