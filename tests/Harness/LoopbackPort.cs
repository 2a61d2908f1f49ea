using System.Net;
using System.Net.Sockets;

namespace Actors.Harness;

/// <summary>Free ports of 127.0.0.1.</summary>
public static class LoopbackPort
{
    /// <summary>A port that nothing listens on at this moment.</summary>
    public static int Next()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
