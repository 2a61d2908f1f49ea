namespace Actors.Kafka;

/// <summary>
/// Bytes that carry their own version: keys and values of internal topics, and what consumers put into group requests.
/// <see cref="VersionedRecord"/> reads and writes them.
/// </summary>
public interface IKafkaRecord : IKafkaMessage;
