using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Gateway.Kafka;
using Actors.Grains.Topics;

namespace Actors.Silo.Options;

/// <summary>The listener for Kafka clients (section <c>Kafka</c>).</summary>
public sealed record KafkaOptions : IOptionRules
{
    private static readonly KafkaGatewayOptions Defaults = new();

    /// <summary>Address to listen on.</summary>
    [Description("Address to listen on: an IP address, \"localhost\", or \"*\" for all addresses of the machine.")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0: any free one.</summary>
    [Description("Port to listen on. 0: any free port, shown in the log.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 9092;

    /// <summary>Name that clients are told; null: the address listened on, or the machine's name when that is "*".</summary>
    [Description("Host that clients are told to connect to. Not set: Kafka:Host, or the machine's name when that is \"*\".")]
    public string? AdvertisedHost { get; init; }

    /// <summary>Port that clients are told; null: the port listened on.</summary>
    [Description("Port that clients are told to connect to. Not set: the port listened on.")]
    [Range(1, 65_535)]
    public int? AdvertisedPort { get; init; }

    /// <summary>Whether a topic comes into being when a client asks for it.</summary>
    [Description("Whether a topic is made when a client first names it.")]
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>Partitions of a topic whose maker does not say.</summary>
    [Description("Partitions of a topic whose creator does not say how many.")]
    [Range(1, 10_000)]
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>Replicas of a partition whose maker does not say.</summary>
    [Description("Replicas of each partition of a topic whose creator does not say how many. This version keeps one copy of each partition and takes only 1.")]
    [Range(1, 3)]
    public int DefaultReplicationFactor { get; init; } = 1;

    /// <summary>Connections at the same time.</summary>
    [Description("Connections at the same time; a further one is closed at once.")]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = Defaults.MaxConnections;

    /// <summary>Largest request.</summary>
    [Description("Largest request in bytes; a connection that announces a larger one is closed.")]
    [Range(1_024, 1_073_741_824)]
    public int MaxRequestBytes { get; init; } = Defaults.MaxRequestBytes;

    /// <summary>Unanswered requests of one connection.</summary>
    [Description("Requests of one connection that are not answered yet; it is not read while there are more.")]
    [Range(1, 65_536)]
    public int MaxRequestsInFlight { get; init; } = Defaults.MaxRequestsInFlight;

    /// <summary>Memory of requests that are still arriving.</summary>
    [Description("Bytes that all large requests together are charged for, one half while they arrive and the other while they are handled; further ones wait for their turn. A connection is charged for an eighth of it at most while a request arrives, so five requests of MaxRequestBytes can be in memory.")]
    [Range(1_048_576, long.MaxValue)]
    public long MaxArrivingBytes { get; init; } = Defaults.MaxArrivingBytes;

    /// <summary>Memory of one connection's requests and answers.</summary>
    [Description("Bytes that one connection's requests and answers hold until the client takes them; it is not read while there are more.")]
    [Range(65_536, long.MaxValue)]
    public long MaxBytesInFlight { get; init; } = Defaults.MaxBytesInFlight;

    /// <summary>Memory of fetched records.</summary>
    [Description("Bytes of fetched records that clients of all connections together have not taken yet; further answers wait for their turn.")]
    [Range(1_048_576, long.MaxValue)]
    public long MaxLeavingBytes { get; init; } = Defaults.MaxLeavingBytes;

    /// <summary>Most bytes of records in one fetch.</summary>
    [Description("Most bytes of records in one answer to a fetch, whatever the client allows; one batch is always given.")]
    [Range(1_024, 1_073_741_824)]
    public int MaxFetchBytes { get; init; } = Defaults.MaxFetchBytes;

    /// <summary>Fetch sessions.</summary>
    [Description("Fetch sessions that are remembered; a client without one names all of its partitions each time.")]
    [Range(0, 1_000_000)]
    public int MaxFetchSessions { get; init; } = Defaults.MaxFetchSessions;

    /// <summary>How long a connection may be silent.</summary>
    [Description("Milliseconds after which a connection that sends nothing is closed.")]
    [Range(1_000, int.MaxValue)]
    public int IdleTimeoutMs { get; init; } = (int)Defaults.IdleTimeout.TotalMilliseconds;

    /// <summary>How long a request may take to arrive.</summary>
    [Description("Milliseconds within which a request must have arrived as a whole, from its first bytes on; else its connection is closed.")]
    [Range(100, int.MaxValue)]
    public int ReadTimeoutMs { get; init; } = (int)Defaults.ReadTimeout.TotalMilliseconds;

    /// <summary>How long a client may take none of its answers.</summary>
    [Description("Milliseconds after which a client that takes none of its answers is closed.")]
    [Range(100, int.MaxValue)]
    public int WriteTimeoutMs { get; init; } = (int)Defaults.WriteTimeout.TotalMilliseconds;

    /// <summary>The front end's options.</summary>
    public KafkaGatewayOptions ToGatewayOptions() => new()
    {
        MaxConnections = MaxConnections,
        MaxRequestBytes = MaxRequestBytes,
        MaxRequestsInFlight = MaxRequestsInFlight,
        MaxBytesInFlight = MaxBytesInFlight,
        MaxArrivingBytes = MaxArrivingBytes,
        MaxLeavingBytes = MaxLeavingBytes,
        MaxFetchBytes = MaxFetchBytes,
        MaxFetchSessions = MaxFetchSessions,
        IdleTimeout = TimeSpan.FromMilliseconds(IdleTimeoutMs),
        ReadTimeout = TimeSpan.FromMilliseconds(ReadTimeoutMs),
        WriteTimeout = TimeSpan.FromMilliseconds(WriteTimeoutMs),
    };

    /// <summary>What the controller of topics is told.</summary>
    public TopicOptions ToTopicOptions() => new()
    {
        AutoCreateTopics = AutoCreateTopics,
        DefaultPartitions = DefaultPartitions,
        DefaultReplicationFactor = DefaultReplicationFactor,
    };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (!ListenAddress.TryParse(Host, out _)) yield return new(nameof(Host), ListenAddress.Allowed);
        if (DefaultReplicationFactor > 1)
            yield return new(nameof(DefaultReplicationFactor), "this version keeps one copy of each partition: write 1, or leave the option out");
    }
}
