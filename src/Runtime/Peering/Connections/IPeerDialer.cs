using System.Net;

namespace Actors.Runtime.Peering;

/// <summary>Opens connections to peers: the seam at which tests break the network.</summary>
internal interface IPeerDialer
{
    /// <summary>Connects, and encrypts the connection where that is configured.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody answers; with the error code of the system.</exception>
    /// <exception cref="HandshakeException">The connection could not be encrypted.</exception>
    Task<IPeerTransport> DialAsync(IPEndPoint endpoint, CancellationToken token);
}
