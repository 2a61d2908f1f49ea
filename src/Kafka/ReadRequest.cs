namespace Actors.Kafka;

/// <summary>Reads a request without its header.</summary>
/// <returns>The request; not to be used when <see cref="KafkaReader.HasFailed"/>.</returns>
/// <exception cref="UnsupportedVersionException">There is no such version.</exception>
public delegate IKafkaRequest ReadRequest(ref KafkaReader reader, short version);
