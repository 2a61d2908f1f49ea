using System.Net;
using System.Net.Sockets;
using System.Text;
using Actors.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>The other end of a connection that takes nothing after the answer to its dial, and says nothing.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly Socket _socket;

    private RawPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(int port, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        using var guard = new CancellationTokenSource(TestGuard.Limit);
        await socket.ConnectAsync(IPAddress.Loopback, port, guard.Token);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + $"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: {AgentProtocol.SubProtocol}\r\n\r\n"),
            guard.Token);
        var answer = new StringBuilder();
        var one = new byte[1];
        while (!answer.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await socket.ReceiveAsync(one, guard.Token));
            answer.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", answer.ToString(), StringComparison.Ordinal);
        return new RawPeer(socket);
    }

    public void Dispose() => _socket.Dispose();
}
