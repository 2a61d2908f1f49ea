namespace Actors.Kafka;

/// <summary>A message of the protocol. The classes are generated from the tables in <c>Definitions</c>.</summary>
public interface IKafkaMessage
{
    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    /// <exception cref="MessageEncodingException">The message holds something that the version cannot carry.</exception>
    int SizeOf(short version);

    /// <summary>Writes the message without header or size.</summary>
    /// <inheritdoc cref="SizeOf" path="/exception"/>
    void Write(ref KafkaWriter writer, short version);
}
