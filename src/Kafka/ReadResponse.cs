namespace Actors.Kafka;

/// <summary>Reads a response without its header.</summary>
/// <returns>The response; not to be used when <see cref="KafkaReader.HasFailed"/>.</returns>
/// <exception cref="UnsupportedVersionException">There is no such version.</exception>
public delegate IKafkaResponse ReadResponse(ref KafkaReader reader, short version);
