using System.Net;
using System.Net.Sockets;

namespace Actors.AgentLoad.Sockets;

/// <summary>
/// A TCP connection without a thread, a timer or a buffer of its own: what has come in part waits in an array until the rest is there,
/// and so does what the system did not take. One thread uses it.
/// </summary>
internal sealed class PeerSocket : IDisposable
{
    /// <summary>Bytes that may wait to be sent; who takes less than that in its time is not there any more.</summary>
    private const int MaxPendingBytes = 1 << 20;

    /// <summary>IP_BIND_ADDRESS_NO_PORT of ip(7): the port is chosen with the connection, so that another hub's connection may have the same.</summary>
    private const int BindAddressNoPort = 24;

    private const int InternetLevel = 0;

    private readonly Socket _socket;
    private readonly Epoll _epoll;
    private readonly long _data;
    private byte[] _arrived = [];
    private byte[] _pending = [];
    private bool _isWriting = true;

    private PeerSocket(Socket socket, Epoll epoll, long data) => (_socket, _epoll, _data) = (socket, epoll, data);

    /// <summary>Begins to dial; the first event says that it is done, however.</summary>
    /// <param name="hub">What is dialled.</param>
    /// <param name="source">The address to dial from, or null for the system's choice.</param>
    /// <param name="epoll">Watches the socket from now on.</param>
    /// <param name="data">Comes back with its events.</param>
    /// <exception cref="SocketException">It fails at once.</exception>
    public static PeerSocket Dial(IPEndPoint hub, IPAddress? source, Epoll epoll, long data)
    {
        var socket = new Socket(hub.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            (socket.NoDelay, socket.Blocking) = (true, false);
            if (source is not null)
            {
                socket.SetRawSocketOption(InternetLevel, BindAddressNoPort, BitConverter.GetBytes(1));
                socket.Bind(new IPEndPoint(source, 0));
            }

            try
            {
                socket.Connect(hub);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It is under way, as it should be.
            }

            epoll.Add(socket, data, isWriting: true);
            return new PeerSocket(socket, epoll, data);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How the dial ended.</summary>
    public SocketError DialError => (SocketError)(int)(_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) ?? 0);

    /// <summary>Reads what is there behind what came before.</summary>
    /// <param name="buffer">Gets both; the caller's, for the call only.</param>
    /// <param name="error">Success, WouldBlock when there is nothing, or what ended the connection; an end by the other side is ConnectionReset.</param>
    /// <returns>Bytes in the buffer.</returns>
    public int Receive(Span<byte> buffer, out SocketError error)
    {
        _arrived.CopyTo(buffer);
        var count = _socket.Receive(buffer[_arrived.Length..], SocketFlags.None, out error);
        if (error == SocketError.Success && count == 0)
            error = SocketError.ConnectionReset;
        return error == SocketError.Success ? _arrived.Length + count : 0;
    }

    /// <summary>Keeps what is not whole yet for the next <see cref="Receive"/>.</summary>
    public void Keep(ReadOnlySpan<byte> rest) => _arrived = rest.IsEmpty ? [] : rest.ToArray();

    /// <summary>Sends, or keeps what the system does not take until it does.</summary>
    /// <returns>Success, or what ended the connection.</returns>
    public SocketError Send(ReadOnlySpan<byte> bytes)
    {
        if (_pending.Length == 0)
        {
            var count = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                return error;
            bytes = bytes[(error == SocketError.Success ? count : 0)..];
        }

        if (bytes.IsEmpty)
            return SocketError.Success;
        if (_pending.Length + bytes.Length > MaxPendingBytes)
            return SocketError.NoBufferSpaceAvailable;
        _pending = [.. _pending, .. bytes];
        Watch(isWriting: true);
        return SocketError.Success;
    }

    /// <summary>Sends what waits; there is room again.</summary>
    public SocketError Flush()
    {
        var waiting = _pending;
        _pending = [];
        if (waiting.Length > 0 && Send(waiting) is var error && error != SocketError.Success)
            return error;
        Watch(_pending.Length > 0);
        return SocketError.Success;
    }

    /// <summary>Closes it; nothing that waits is sent.</summary>
    public void Dispose() => _socket.Dispose();

    private void Watch(bool isWriting)
    {
        if (_isWriting == isWriting)
            return;
        _isWriting = isWriting;
        _epoll.Change(_socket, _data, isWriting);
    }
}
