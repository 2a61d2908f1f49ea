using System.Buffers;
using System.Net.Sockets;

namespace Actors.Kafka.Client;

/// <summary>A TCP connection that carries whatever bytes the caller wants: for tests of what a broker does with them.</summary>
/// <remarks>One writer and one reader at a time. Every wait ends with its token.</remarks>
public sealed class KafkaRawConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly FrameSource _frames;

    private KafkaRawConnection(Socket socket, int maxFrameBytes)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _frames = new FrameSource(_stream, maxFrameBytes);
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="maxFrameBytes">Largest frame that <see cref="ReadFrameAsync"/> accepts.</param>
    /// <param name="token">Ends the attempt.</param>
    /// <exception cref="SocketException">There is no such host, or it refuses.</exception>
    public static async Task<KafkaRawConnection> ConnectAsync(string host, int port, int maxFrameBytes, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, token).ConfigureAwait(false);
            return new KafkaRawConnection(socket, maxFrameBytes);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes as they are.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken token) => _stream.WriteAsync(bytes, token);

    /// <summary>Sends a well-formed request.</summary>
    /// <inheritdoc cref="KafkaFrame.WriteRequest" path="/exception"/>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask SendAsync(IKafkaRequest request, short version, int correlationId, CancellationToken token)
    {
        var output = new ArrayBufferWriter<byte>();
        KafkaFrame.WriteRequest(output, request, version, correlationId, "actors"u8.ToArray());
        return SendAsync(output.WrittenMemory, token);
    }

    /// <summary>Reads the next frame.</summary>
    /// <returns>Header and body, or null when the broker closed the connection between two frames.</returns>
    /// <exception cref="InvalidDataException">The frame's size is negative or above the limit.</exception>
    /// <exception cref="EndOfStreamException">The broker closed the connection within a frame.</exception>
    /// <exception cref="IOException">The connection is broken.</exception>
    public ValueTask<byte[]?> ReadFrameAsync(CancellationToken token) => _frames.ReadAsync(token);

    /// <summary>Says that nothing more will be sent; the broker can still answer.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset, so that the broker sees a broken connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
