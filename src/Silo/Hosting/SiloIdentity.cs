using System.Net;
using System.Reflection;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Hosting;

/// <summary>Who this silo is and where it is reached.</summary>
public sealed class SiloIdentity
{
    private readonly TimeProvider _time;

    /// <summary>Puts together what the options, the sockets and the machine say.</summary>
    /// <param name="startedAt">
    /// When the program began. The start of its process may be older: a script that has built the program becomes it.
    /// </param>
    public SiloIdentity(SiloConfiguration configuration, ListenSockets sockets, TimeProvider time, DateTimeOffset startedAt)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(sockets);
        _time = time;
        StartedAt = startedAt;
        NodeId = configuration.Silo.NodeId;
        Name = configuration.Silo.EffectiveName;
        AdvertisedHost = configuration.Kafka.AdvertisedHost ?? Reachable(sockets.KafkaEndPoint.Address);
        AdvertisedPort = configuration.Kafka.AdvertisedPort ?? sockets.KafkaEndPoint.Port;
        KafkaAddress = HostAndPort(AdvertisedHost, AdvertisedPort);
        HttpAddress = HostAndPort(Reachable(sockets.HttpEndPoint.Address), sockets.HttpEndPoint.Port);
    }

    /// <summary>The program's version.</summary>
    public static string ProgramVersion { get; } =
        typeof(SiloIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? typeof(SiloIdentity).Assembly.GetName().Version!.ToString(3);

    /// <summary>Number of this node.</summary>
    public int NodeId { get; }

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>The program's version.</summary>
    public string Version => ProgramVersion;

    /// <summary>Host that Kafka clients are told.</summary>
    public string AdvertisedHost { get; }

    /// <summary>Port that Kafka clients are told.</summary>
    public int AdvertisedPort { get; }

    /// <summary>Where Kafka clients connect, host:port.</summary>
    public string KafkaAddress { get; }

    /// <summary>Where HTTP clients connect, host:port.</summary>
    public string HttpAddress { get; }

    /// <summary>When the program began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Time since the program began.</summary>
    public TimeSpan Uptime => _time.GetUtcNow() - StartedAt;

    private static string Reachable(IPAddress listening) =>
        listening.Equals(IPAddress.Any) || listening.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : listening.ToString();

    private static string HostAndPort(string host, int port) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
}
