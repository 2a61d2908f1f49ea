using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Actors.Harness;

/// <summary>Ports of 127.0.0.1 for servers that are told their port, and for callers that must find nobody.</summary>
public static class LoopbackPort
{
    private static readonly ConcurrentBag<Socket> Held = [];

    /// <summary>A port that nothing listens on, and that the system gives to nobody else while this process lives.</summary>
    /// <remarks>
    /// The port stays bound without a listener: whoever dials it is refused, and the system chooses it for no other listener and
    /// no outgoing connection. A server that asks for it by its number gets it, also after a restart: on Linux, .NET binds with
    /// SO_REUSEADDR, and a socket that does not listen gives way to that.
    /// </remarks>
    public static int Next()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Held.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
