namespace Actors.Log;

/// <summary>Limits on what a partition remembers of its idempotent producers.</summary>
public sealed record ProducerStatesOptions
{
    /// <summary>How long after its last append a producer is remembered, in milliseconds: producer.id.expiration.ms. At least 1.</summary>
    public long ExpirationMs { get; init; } = 86_400_000;

    /// <summary>Most producers that a partition remembers, about 250 bytes each; the one that has been silent longest is forgotten first. At least 1.</summary>
    /// <remarks>A producer with an open transaction is never forgotten and may exceed the limit; the transaction's timeout ends it.</remarks>
    public int MaxProducers { get; init; } = 10_000;

    /// <summary>Most producers that all partitions of a data directory keep together over a restart, about 160 bytes each. At least 1.</summary>
    /// <remarks>A checkpoint that would hold more keeps fewer of each partition: those that wrote last.</remarks>
    public int MaxProducersInAll { get; init; } = 1_000_000;
}
