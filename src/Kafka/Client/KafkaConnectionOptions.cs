namespace Actors.Kafka.Client;

/// <summary>How a <see cref="KafkaConnection"/> behaves.</summary>
public sealed record KafkaConnectionOptions
{
    /// <summary>The name in every request's header. Default: <c>actors</c>.</summary>
    public string ClientId { get; init; } = "actors";

    /// <summary>The program's name that ApiVersions carries; letters, digits, '-' and '.'. Default: <c>actors</c>.</summary>
    public string SoftwareName { get; init; } = "actors";

    /// <summary>The program's version that ApiVersions carries; letters, digits, '-' and '.'. Default: <c>0.1.0</c>.</summary>
    public string SoftwareVersion { get; init; } = "0.1.0";

    /// <summary>How long connecting and asking for versions may take together. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for its response when nothing else is said. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest response accepted, in bytes; checked before memory is allocated. Default: 100 MiB.</summary>
    public int MaxResponseBytes { get; init; } = KafkaFrame.DefaultMaxBytes;

    /// <summary>How many requests may wait for their responses. Default: 1,024.</summary>
    public int MaxRequestsInFlight { get; init; } = 1024;

    /// <summary>
    /// How many bytes of requests may wait for the socket; a request is accepted while fewer wait. Default: 64 MiB.
    /// </summary>
    public int MaxUnsentBytes { get; init; } = 64 * 1024 * 1024;
}
