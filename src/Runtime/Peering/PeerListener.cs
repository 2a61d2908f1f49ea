using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Actors.Runtime.Peering;

/// <summary>Accepts connections of peers with Kestrel's socket transport and hands them to the hub.</summary>
internal sealed class PeerListener : IAsyncDisposable
{
    private readonly IConnectionListener _listener;
    private readonly PeerHub _hub;
    private readonly PeerLog _log;
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _served = [];
    private readonly Task _accepting;

    private PeerListener(IConnectionListener listener, PeerHub hub, PeerLog log)
    {
        _listener = listener;
        _hub = hub;
        _log = log;
        log.Listening(listener.EndPoint);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, with the port that was given to it where 0 was asked for.</summary>
    public EndPoint EndPoint => _listener.EndPoint;

    /// <summary>Binds an address; nothing is accepted yet, so the silo's address can be made of the port.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    /// <param name="endpoint">The address.</param>
    /// <param name="bound">A socket that is bound to it already; null: one is made.</param>
    /// <param name="loggers">For the transport.</param>
    /// <param name="token">Gives up.</param>
    public static async Task<IConnectionListener> BindAsync(IPEndPoint endpoint, Socket? bound, ILoggerFactory loggers, CancellationToken token)
    {
        var options = new SocketTransportOptions { WaitForDataBeforeAllocatingBuffer = false };
        if (bound is not null)
        {
            options.CreateBoundListenSocket = _ => bound;
        }

        var factory = new SocketTransportFactory(Options.Create(options), loggers);
        return await factory.BindAsync(endpoint, token).ConfigureAwait(false);
    }

    /// <summary>Accepts from now on.</summary>
    public static PeerListener Start(IConnectionListener listener, PeerHub hub, PeerLog log) => new(listener, hub, log);

    /// <summary>Accepts no more. The hub ends what is connected, and is disposed before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.UnbindAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        Task[] served;
        lock (_lock)
        {
            served = [.. _served];
        }

        await Task.WhenAll(served).ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (await _listener.AcceptAsync().ConfigureAwait(false) is { } connection)
            {
                Task served = Task.Run(() => ServeAsync(connection));
                lock (_lock)
                {
                    _served.Add(served);
                    _served.RemoveWhere(static task => task.IsCompleted);
                }
            }
        }
        catch (Exception error)
        {
            _log.AcceptFailed(error, _listener.EndPoint);
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        PeerTls? tls = _hub.Options.Tls;
        await using (connection.ConfigureAwait(false))
        {
            await _hub.AcceptAsync(
                connection.RemoteEndPoint,
                async token => await KestrelTransport.CreateAsync(connection, tls, dialled: false, token).ConfigureAwait(false),
                reason => connection.Abort(new ConnectionAbortedException(reason))).ConfigureAwait(false);
        }
    }
}
