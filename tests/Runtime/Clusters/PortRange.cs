using System.Net;
using System.Net.Sockets;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>Ports in a row for silos that are told theirs. They stay bound, so that the system gives them to nobody else.</summary>
internal static class PortRange
{
    private static readonly Lock Gate = new();
    private static readonly List<Socket> Held = [];
    private static int _next = 20_000 + (Environment.ProcessId % 200 * 50);

    /// <summary>The first of so many ports in a row that nobody has.</summary>
    public static int Next(int count)
    {
        lock (Gate)
        {
            while (true)
            {
                int first = _next;
                _next += count;
                if (TryHold(first, count))
                {
                    return first;
                }
            }
        }
    }

    private static bool TryHold(int first, int count)
    {
        var sockets = new List<Socket>();
        try
        {
            for (int port = first; port < first + count; port++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
        }
        catch (SocketException)
        {
            sockets.ForEach(static socket => socket.Dispose());
            return false;
        }

        Held.AddRange(sockets);
        return true;
    }
}
