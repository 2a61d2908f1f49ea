using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Actors.Bench.Agents.Pairs;

/// <summary>
/// A WebSocket client that costs as little as it can, so that the server is what is measured: no timer, no lock, one buffer of its own. Frames are short and not
/// fragmented. One reader at a time, and one writer.
/// </summary>
internal sealed class PairSocket : IDisposable
{
    private const int FirstBytes = 512;
    private const int HeadersEnd = 4;
    private readonly Socket _socket;
    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;

    private PairSocket(Socket socket) => _socket = socket;

    /// <summary>Connects, and upgrades.</summary>
    /// <param name="server">Where the server listens.</param>
    /// <param name="path">And what is asked of it.</param>
    /// <param name="subProtocol">The subprotocol to ask for; null for none.</param>
    /// <returns>The socket; or the seconds of which to wait a random part, when the server is busy.</returns>
    public static async Task<(PairSocket? Socket, int RetryAfterSeconds)> DialAsync(IPEndPoint server, string path, string? subProtocol)
    {
        var socket = new PairSocket(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        await socket._socket.ConnectAsync(server);
        var protocol = subProtocol is null ? "" : $"Sec-WebSocket-Protocol: {subProtocol}\r\n";
        var request = $"GET {path} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n";
        await socket._socket.SendAsync(Encoding.ASCII.GetBytes(request));
        int end;
        while ((end = socket.Received.IndexOf("\r\n\r\n"u8)) < 0) await socket.ReceiveAsync();
        var answer = Encoding.ASCII.GetString(socket.Received[..end]);
        if (answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            socket._start += end + HeadersEnd;
            return (socket, 0);
        }

        socket.Dispose();
        var line = answer.Split("\r\n").FirstOrDefault(static text => text.StartsWith("Retry-After:", StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidDataException($"{path} answers: {answer}");
        return (null, int.Parse(line.AsSpan("Retry-After:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a text frame.</summary>
    public Task SendAsync(ReadOnlySpan<byte> text)
    {
        var isLong = text.Length > 125;
        var header = isLong ? 8 : 6;
        var frame = new byte[header + text.Length];
        frame[0] = 0x81;
        frame[1] = (byte)(0x80 | (isLong ? 126 : text.Length)); // masked, with a mask of zeros
        if (isLong) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)text.Length);
        text.CopyTo(frame.AsSpan(header));
        return _socket.SendAsync(frame);
    }

    /// <summary>Receives a frame; its text is good until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveFrameAsync()
    {
        int header;
        int length;
        while (!TryMeasure(Received, out header, out length)) await ReceiveAsync();
        if ((_buffer[_start] & 0x0F) != 1) throw new InvalidDataException($"the server has closed: {Encoding.UTF8.GetString(_buffer, _start + header, length)}");
        var text = _buffer.AsMemory(_start + header, length);
        _start += header + length;
        return text;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    private static bool TryMeasure(ReadOnlySpan<byte> received, out int header, out int length)
    {
        (header, length) = (2, 0);
        if (received.Length < header) return false;
        length = received[1];
        if (length == 127) throw new InvalidDataException("the server's frames are short");
        if (length == 126)
        {
            header = 4;
            if (received.Length < header) return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(received[2..]);
        }

        return received.Length >= header + length;
    }

    private async ValueTask ReceiveAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            var larger = _start > 0 ? _buffer : new byte[_buffer.Length * 2];
            _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
            (_buffer, _start, _end) = (larger, 0, _end - _start);
        }

        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (received == 0) throw new IOException("the server has cut the connection");
        _end += received;
    }
}
