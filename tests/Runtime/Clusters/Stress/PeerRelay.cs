using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Actors.Runtime.Peering;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>
/// Stands at a silo's address and passes on what its peers and it send each other, as far as the network lets it. Who dials is read from
/// the first frame of its handshake.
/// </summary>
internal sealed class PeerRelay : IAsyncDisposable
{
    private readonly PeerNetwork _network;
    private readonly int _node;
    private readonly EndPoint _silo;
    private readonly Socket _listener = NewSocket();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    /// <param name="network">Says what gets through.</param>
    /// <param name="node">The silo's node.</param>
    /// <param name="port">The port of the silo's address.</param>
    /// <param name="silo">Where the silo listens.</param>
    public PeerRelay(PeerNetwork network, int node, int port, EndPoint silo)
    {
        _network = network;
        _node = node;
        _silo = silo;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        _serving = AcceptAsync();
    }

    /// <summary>Closes the port and all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _stopping.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The silo is gone.
        }
        finally
        {
            _listener.Dispose();
        }

        await Task.WhenAll(connections);
    }

    private async Task RelayAsync(Socket dialer)
    {
        using Socket silo = NewSocket();
        using (dialer)
        {
            try
            {
                byte[] hello = await ReadFrameAsync(dialer, _stopping.Token);
                int from = HandshakeCodec.Read<HelloMessage>(hello.AsSpan(FrameHeader.Bytes)).NodeId;
                await _network.PassAsync(from, _node, _stopping.Token);
                await silo.ConnectAsync(_silo, _stopping.Token);
                await silo.SendAsync(hello, _stopping.Token);
                await Task.WhenAll(PumpAsync(dialer, silo, from, _node, _stopping.Token), PumpAsync(silo, dialer, _node, from, _stopping.Token));
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
            {
                // The connection is over.
            }
        }
    }

    private static async Task<byte[]> ReadFrameAsync(Socket socket, CancellationToken token)
    {
        using var stream = new NetworkStream(socket, ownsSocket: false);
        byte[] header = new byte[FrameHeader.Bytes];
        await stream.ReadExactlyAsync(header, token);
        byte[] frame = new byte[header.Length + BinaryPrimitives.ReadInt32LittleEndian(header)];
        header.CopyTo(frame, 0);
        await stream.ReadExactlyAsync(frame.AsMemory(header.Length), token);
        return frame;
    }

    /// <summary>Passes on what one side sends; its end, too, arrives only when the way is open.</summary>
    private async Task PumpAsync(Socket source, Socket target, int from, int to, CancellationToken token)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await source.ReceiveAsync(buffer, token) is > 0 and int count)
            {
                await _network.PassAsync(from, to, token);
                for (int sent = 0; sent < count;)
                {
                    sent += await target.SendAsync(buffer.AsMemory(sent, count - sent), token);
                }
            }
        }
        catch (SocketException)
        {
            // As its end.
        }

        await _network.PassAsync(from, to, token);
        target.Shutdown(SocketShutdown.Send);
    }
}
