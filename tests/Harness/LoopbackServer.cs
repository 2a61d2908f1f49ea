using System.Net;
using System.Net.Sockets;

namespace Actors.Harness;

/// <summary>A listener on 127.0.0.1 that hands each connection to the test.</summary>
/// <remarks>
/// One loop owns the listener and the connections: it closes the listener only after its last accept, and ends when every
/// connection has ended. What a connection's handler fails with comes out of <see cref="DisposeAsync"/>; an end of the
/// connection, by either side, is no failure.
/// </remarks>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<Socket, CancellationToken, Task> _handle;
    private readonly Task _serving;

    /// <summary>Listens on a free port.</summary>
    /// <param name="handle">Runs once for each connection, whose socket is disposed when it ends; its token says that the server stops.</param>
    public LoopbackServer(Func<Socket, CancellationToken, Task> handle)
    {
        _handle = handle;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _serving = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(HandleAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopped.
        }
        finally
        {
            _listener.Dispose();
        }

        await Task.WhenAll(connections);
    }

    private async Task HandleAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            try
            {
                await _handle(socket, _stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // One side has closed the connection.
            }
        }
    }
}
