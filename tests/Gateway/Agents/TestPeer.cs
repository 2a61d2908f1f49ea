using System.Net.WebSockets;
using System.Text;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>The other end of a connection, with .NET's own client.</summary>
internal sealed class TestPeer : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 20];

    private TestPeer()
    {
    }

    public ClientWebSocket Socket => _socket;

    public WelcomeMessage Welcome { get; private set; } = new();

    public Guid Id => Welcome.PeerId;

    public static async Task<TestPeer> ConnectAsync(int port, string path, string? token = null, string? resume = null, string? traceParent = null)
    {
        var peer = new TestPeer();
        peer._socket.Options.AddSubProtocol("actors.agents.v9");
        peer._socket.Options.AddSubProtocol(AgentProtocol.SubProtocol);
        if (token is not null)
            peer._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (resume is not null)
            peer._socket.Options.SetRequestHeader("Actors-Resume", resume);
        if (traceParent is not null)
            peer._socket.Options.SetRequestHeader("traceparent", traceParent);
        using var guard = new CancellationTokenSource(TestGuard.Limit);
        await peer._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}{path}"), guard.Token);
        Assert.Equal(AgentProtocol.SubProtocol, peer._socket.SubProtocol);
        peer.Welcome = (await peer.ReadAsync()).Welcome ?? throw new InvalidOperationException("The first frame is no welcome.");
        return peer;
    }

    public Task SendAsync(PeerMessage message) => SendAsync(message.ToJson());

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text, bool isLast = true)
    {
        using var guard = new CancellationTokenSource(TestGuard.Limit);
        await _socket.SendAsync(bytes, type, isLast, guard.Token);
    }

    /// <summary>The next frame.</summary>
    public async Task<HubMessage> ReadAsync() => await TryReadAsync() ?? throw new InvalidOperationException($"The hub has closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}");

    /// <summary>The next frame of which this is true; others are passed over.</summary>
    public async Task<HubMessage> ReadAsync(Func<HubMessage, bool> condition)
    {
        while (true)
        {
            var message = await ReadAsync();
            if (condition(message))
                return message;
        }
    }

    /// <summary>The code with which the hub closes; frames before it are passed over. It is answered.</summary>
    public async Task<int> CloseCodeAsync()
    {
        while (await TryReadAsync() is not null)
        {
        }

        using var guard = new CancellationTokenSource(TestGuard.Limit);
        if (_socket.State == WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", guard.Token);
        return (int)_socket.CloseStatus!.Value;
    }

    /// <summary>Waits for the end: true when the connection was cut, false when the hub has closed.</summary>
    public async Task<bool> IsCutAsync()
    {
        try
        {
            await CloseCodeAsync();
            return false;
        }
        catch (WebSocketException)
        {
            return true;
        }
    }

    /// <summary>The error code of the next error.</summary>
    public async Task<ErrorMessage> ErrorAsync() => (await ReadAsync(message => message.Error is not null)).Error!;

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<HubMessage?> TryReadAsync()
    {
        using var guard = new CancellationTokenSource(TestGuard.Limit);
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), guard.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            length += part.Count;
            if (part.EndOfMessage)
                return HubMessage.Parse(_buffer.AsSpan(0, length));
        }
    }
}
