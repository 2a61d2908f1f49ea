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

    /// <summary>
    /// Bytes that one connection's requests hold while they are handled, and their answers until the client takes them; then it is
    /// not read until there are fewer. Records on their way to the log, and fetched ones, have limits of their own.
    /// </summary>
    public long MaxBytesInFlight { get; init; } = 1 << 20;

    /// <summary>
    /// Bytes that all large requests together are charged for, one half while they arrive and the other, parsed, until they are
    /// answered; a connection that would go beyond waits its turn. A connection is charged for a quarter of the first half at most,
    /// and one request at a time arrives without a share, so five requests of <see cref="MaxRequestBytes"/> can be in memory.
    /// </summary>
    public long MaxArrivingBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of fetched records that clients of all connections together have not taken yet; a further response waits its turn.</summary>
    public long MaxLeavingBytes { get; init; } = 256L << 20;

    /// <summary>Most bytes of records in one fetch response, whatever the client allows; one batch is always given.</summary>
    public int MaxFetchBytes { get; init; } = 57_671_680;

    /// <summary>Fetch sessions that are remembered (KIP-227); a client that gets none sends all of its partitions every time.</summary>
    public int MaxFetchSessions { get; init; } = 1_000;

    /// <summary>
    /// Partitions of one fetch session, since a request of a few bytes holds memory for all of them; a client with more gets no
    /// session.
    /// </summary>
    public int MaxPartitionsPerFetchSession { get; init; } = 10_000;

    /// <summary>Partitions of all fetch sessions together; one costs about 200 bytes and its topic's name.</summary>
    public int MaxFetchSessionPartitions { get; init; } = 200_000;

    /// <summary>A session must have been unused for this long before another one may take its place.</summary>
    public TimeSpan FetchSessionEvictionAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A connection that sends nothing for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A request must be complete within this time of its first bytes; what the broker itself makes it wait does not count, unless
    /// it holds memory of <see cref="MaxArrivingBytes"/> for so long that others wait for.
    /// </summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A client that takes none of its answers for this long is closed.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a graceful stop waits for requests that were accepted.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(8);
}
