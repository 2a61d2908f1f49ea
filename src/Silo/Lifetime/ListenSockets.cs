using System.Net;
using System.Net.Sockets;
using Actors.Silo.Options;

namespace Actors.Silo.Lifetime;

/// <summary>
/// The silo's listening sockets, bound before anything else is started: a port in use is known at once, and a port that
/// the system chose is known before anybody is told about it. Clients are refused until a server listens on them.
/// </summary>
public sealed class ListenSockets : IDisposable
{
    private ListenSockets(Socket kafka, Socket http, Socket? peering)
    {
        Kafka = kafka;
        Http = http;
        Peering = peering;
    }

    /// <summary>Socket for Kafka clients.</summary>
    public Socket Kafka { get; }

    /// <summary>Socket for HTTP.</summary>
    public Socket Http { get; }

    /// <summary>Socket for the other silos; null for a silo that is alone.</summary>
    public Socket? Peering { get; }

    /// <summary>Where Kafka clients connect, with the port that is really in use.</summary>
    public IPEndPoint KafkaEndPoint => (IPEndPoint)Kafka.LocalEndPoint!;

    /// <summary>Where HTTP clients connect, with the port that is really in use.</summary>
    public IPEndPoint HttpEndPoint => (IPEndPoint)Http.LocalEndPoint!;

    /// <summary>Binds all sockets.</summary>
    /// <exception cref="SiloStartException">An address or a port cannot be had.</exception>
    public static ListenSockets Bind(SiloConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        List<Socket> bound = [];
        try
        {
            return new(
                Take("Kafka", configuration.Kafka.Host, configuration.Kafka.Port),
                Take("Http", configuration.Http.Host, configuration.Http.Port),
                configuration.Silo.IsClustered ? Take("Peering", configuration.Peering.Host, configuration.Peering.Port) : null);
        }
        catch
        {
            foreach (var socket in bound) socket.Dispose();
            throw;
        }

        Socket Take(string section, string host, int port)
        {
            var socket = Bind(section, host, port);
            bound.Add(socket);
            return socket;
        }
    }

    /// <summary>The sentence for a socket that cannot be bound or listened on.</summary>
    public static SiloStartException Refused(string section, string host, int port, SocketException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new(
            failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {port} on {host} is in use by another process (ss -ltnp 'sport = :{port}' shows which). "
                    + $"Stop it, or choose another port with --{section}:Port=….",
                SocketError.AccessDenied =>
                    $"This user may not listen on port {port} of {host}. Choose a port from 1024 on with --{section}:Port=….",
                SocketError.AddressNotAvailable =>
                    $"This machine has no address {host}. Choose one of its own with --{section}:Host=….",
                _ => $"Nothing can listen on port {port} of {host}: {failure.Message}. "
                    + $"Choose another address with --{section}:Host=… and --{section}:Port=….",
            },
            failure);
    }

    /// <summary>Closes the sockets that no server has taken over.</summary>
    public void Dispose()
    {
        Kafka.Dispose();
        Http.Dispose();
        Peering?.Dispose();
    }

    private static Socket Bind(string section, string host, int port)
    {
        if (!ListenAddress.TryParse(host, out var address)) throw new ArgumentException(ListenAddress.Allowed, nameof(host));
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw Refused(section, host, port, failure);
        }
    }
}
