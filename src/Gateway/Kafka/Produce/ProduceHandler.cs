using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>Produce's line in the table of served APIs.</summary>
/// <remarks>
/// Versions 0-2 are advertised because librdkafka takes them for a sign of compression, and refused because their message formats
/// are gone, as in Kafka 4 (KAFKA-18659). Requests go through the connection's <see cref="ProduceIntake"/>, not through here.
/// </remarks>
public sealed class ProduceHandler : IKafkaHandler
{
    /// <inheritdoc/>
    public ApiKey Key => ApiKey.Produce;

    /// <inheritdoc/>
    public short MinVersion => 0;

    /// <inheritdoc/>
    public short MaxVersion => 11;

    /// <inheritdoc/>
    public ValueTask HandleAsync(KafkaRequest request, CancellationToken token) =>
        throw new InvalidOperationException("Produce requests are taken by the connection's intake.");
}
