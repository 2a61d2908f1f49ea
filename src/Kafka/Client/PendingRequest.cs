namespace Actors.Kafka.Client;

/// <summary>A request that was handed to the connection and whose response has not come.</summary>
/// <remarks>Completed once: by its response, the connection's failure, or its caller's token, whichever is first.</remarks>
internal abstract class PendingRequest
{
    /// <summary>The number that its response has to carry.</summary>
    public int CorrelationId { get; set; }

    /// <summary>When it is late: a time stamp of the connection's clock.</summary>
    public long Deadline { get; set; }

    /// <summary>Takes the response.</summary>
    /// <param name="frame">Header and body; the response keeps slices of it.</param>
    /// <param name="correlationId">The number that the response carries.</param>
    /// <returns>Whether it could be read.</returns>
    public abstract Malformation Complete(ReadOnlyMemory<byte> frame, out int correlationId);

    /// <summary>Takes the connection's failure.</summary>
    public abstract void Fail(KafkaConnectionException failure);
}
