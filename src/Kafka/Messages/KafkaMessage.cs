using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>Reads and writes whole messages, where there is no reader or writer yet.</summary>
public static class KafkaMessage
{
    /// <summary>Reads a message from its bytes, without header or size.</summary>
    /// <param name="body">The bytes. The message keeps slices of them. What stands behind the message is ignored, as in Kafka.</param>
    /// <param name="version">The version that the bytes are in.</param>
    /// <param name="message">The message, when the result is <see cref="Malformation.None"/>.</param>
    /// <param name="maxElements">How many elements all arrays together may have.</param>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    public static Malformation TryRead<TMessage>(
        ReadOnlyMemory<byte> body,
        short version,
        out TMessage? message,
        int maxElements = KafkaReader.DefaultMaxElements)
        where TMessage : class, IKafkaMessage<TMessage>
    {
        var reader = new KafkaReader(body, maxElements);
        var read = TMessage.Read(ref reader, version);
        message = reader.HasFailed ? null : read;
        return reader.Failure;
    }

    /// <summary>Reads a message from its bytes, without header or size.</summary>
    /// <inheritdoc cref="TryRead{TMessage}" path="/param"/>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    /// <exception cref="MalformedMessageException">The bytes are not such a message.</exception>
    public static TMessage Read<TMessage>(ReadOnlyMemory<byte> body, short version)
        where TMessage : class, IKafkaMessage<TMessage>
    {
        var reader = new KafkaReader(body);
        var message = TMessage.Read(ref reader, version);
        reader.ThrowIfFailed(typeof(TMessage).Name);
        return message;
    }

    /// <summary>Writes a message without header or size.</summary>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static void Write([NotNull] IKafkaMessage message, short version, IBufferWriter<byte> output)
    {
        var writer = new KafkaWriter(output);
        message.Write(ref writer, version);
        writer.Flush();
    }

    /// <summary>A message's bytes, without header or size.</summary>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static byte[] ToArray([NotNull] IKafkaMessage message, short version)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(1, message.SizeOf(version)));
        Write(message, version, output);
        return output.WrittenSpan.ToArray();
    }
}
