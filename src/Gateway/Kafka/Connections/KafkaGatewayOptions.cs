namespace Actors.Gateway.Kafka;

/// <summary>What one silo's Kafka front end allows.</summary>
public sealed record KafkaGatewayOptions
{
    /// <summary>Connections at the same time; a further one is closed at once. At least 1.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Largest request in bytes, without its 4-byte size; checked before anything is allocated.</summary>
    public int MaxRequestBytes { get; init; } = 104_857_600;

    /// <summary>Requests of one connection that are not answered yet; then the connection is not read until one is.</summary>
    public int MaxRequestsInFlight { get; init; } = 4_096;

    /// <summary>Bytes that all large requests together may hold while they arrive; a connection that would go beyond waits its turn.</summary>
    public long MaxArrivingBytes { get; init; } = 256L << 20;

    /// <summary>A connection that sends nothing for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A request that has begun to arrive must be complete, or at least go on, within this time.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client that takes none of its answers for this long is closed.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a graceful stop waits for requests that were accepted.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(8);
}
