using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Actors.Runtime.Peering;

/// <summary>Opens connections by Kestrel's socket transport, so that both ends of a connection are the same code.</summary>
internal sealed class KestrelDialer : IPeerDialer, IDisposable
{
    private readonly PeerTls? _tls;
    private readonly SocketConnectionContextFactory _factory;

    public KestrelDialer(PeerTls? tls, ILogger logger)
    {
        _tls = tls;
        // A pair of silos has one connection, which is seldom idle: its buffer costs less than a second system call for each read.
        _factory = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions { WaitForDataBeforeAllocatingBuffer = false }, logger);
    }

    public async Task<IPeerTransport> DialAsync(IPEndPoint endpoint, CancellationToken token)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        ConnectionContext connection;
        try
        {
            await socket.ConnectAsync(endpoint, token).ConfigureAwait(false);
            connection = _factory.Create(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return await KestrelTransport.CreateAsync(connection, _tls, dialled: true, token).ConfigureAwait(false);
    }

    public void Dispose() => _factory.Dispose();
}
