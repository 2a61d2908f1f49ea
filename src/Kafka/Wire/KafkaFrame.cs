using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>A message on a connection: an int32 size, a header and a body.</summary>
/// <remarks>Source: Kafka protocol guide, "Common Request and Response Structure".</remarks>
public static class KafkaFrame
{
    /// <summary>Bytes of the size in front.</summary>
    public const int PrefixBytes = 4;

    /// <summary>The largest frame that a Kafka broker accepts when nothing else is said (socket.request.max.bytes).</summary>
    public const int DefaultMaxBytes = 104_857_600;

    /// <summary>Takes one whole frame off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What has arrived; afterwards what stands behind the frame.</param>
    /// <param name="maxFrameBytes">Largest frame accepted, without its prefix; checked as soon as the prefix is there.</param>
    /// <param name="frame">Header and body; valid until the caller advances its PipeReader.</param>
    /// <returns>Done, NeedMoreData, or InvalidData when the size is negative or above the limit.</returns>
    public static OperationStatus TryRead(ref ReadOnlySequence<byte> buffer, int maxFrameBytes, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < PrefixBytes)
        {
            return OperationStatus.NeedMoreData;
        }

        var size = ReadSize(buffer);
        if (size < 0 || size > maxFrameBytes)
        {
            return OperationStatus.InvalidData;
        }

        if (buffer.Length - PrefixBytes < size)
        {
            return OperationStatus.NeedMoreData;
        }

        frame = buffer.Slice(PrefixBytes, size);
        buffer = buffer.Slice(frame.End);
        return OperationStatus.Done;
    }

    /// <summary>Looks whether contiguous bytes begin with a whole frame.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="maxFrameBytes">Largest frame accepted, without its prefix.</param>
    /// <param name="frameBytes">The frame's size without its prefix, as soon as the prefix is there and valid; else 0.</param>
    /// <returns>Done, NeedMoreData, or InvalidData when the size is negative or above the limit.</returns>
    public static OperationStatus TryScan(ReadOnlySpan<byte> bytes, int maxFrameBytes, out int frameBytes)
    {
        frameBytes = 0;
        if (!BinaryPrimitives.TryReadInt32BigEndian(bytes, out var size))
        {
            return OperationStatus.NeedMoreData;
        }

        if (size < 0 || size > maxFrameBytes)
        {
            return OperationStatus.InvalidData;
        }

        frameBytes = size;
        return bytes.Length - PrefixBytes < size ? OperationStatus.NeedMoreData : OperationStatus.Done;
    }

    /// <summary>Writes a whole request: size, header and body.</summary>
    /// <param name="output">Where it goes; untouched when this throws.</param>
    /// <param name="request">The body.</param>
    /// <param name="version">The body's version.</param>
    /// <param name="correlationId">The number that the response will repeat.</param>
    /// <param name="clientIdUtf8">The client's name for itself, or null.</param>
    /// <returns>The bytes written, prefix included.</returns>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static int WriteRequest(
        IBufferWriter<byte> output,
        [NotNull] IKafkaRequest request,
        short version,
        int correlationId,
        ReadOnlyMemory<byte>? clientIdUtf8)
    {
        var headerVersion = ApiTable.Get(request.ApiKey).RequestHeaderVersion(version);
        var header = new RequestHeader(request.ApiKey, version, correlationId, clientIdUtf8);
        if (clientIdUtf8?.Length > KafkaReader.MaxStringBytes)
        {
            MessageEncodingException.ThrowTooLong(nameof(RequestHeader), nameof(RequestHeader.ClientId), headerVersion);
        }

        var size = (long)header.SizeOf(headerVersion) + request.SizeOf(version);
        var writer = new KafkaWriter(output);
        writer.WriteInt32(KafkaSize.Checked(size, nameof(KafkaFrame), version));
        header.Write(ref writer, headerVersion);
        request.Write(ref writer, version);
        writer.Flush();
        return PrefixBytes + (int)size;
    }

    /// <summary>Writes a whole response: size, header and body.</summary>
    /// <param name="output">Where it goes; untouched when this throws.</param>
    /// <param name="response">The body.</param>
    /// <param name="version">The request's version.</param>
    /// <param name="correlationId">The request's number.</param>
    /// <returns>The bytes written, prefix included.</returns>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static int WriteResponse(IBufferWriter<byte> output, [NotNull] IKafkaResponse response, short version, int correlationId)
    {
        var writer = new KafkaWriter(output);
        WriteResponseHead(ref writer, response.ApiKey, version, correlationId, response.SizeOf(version));
        response.Write(ref writer, version);
        writer.Flush();
        return (int)writer.Written;
    }

    /// <summary>Writes what stands in front of a response's body, for a body that is written piece by piece.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="apiKey">The request's API.</param>
    /// <param name="version">The request's version.</param>
    /// <param name="correlationId">The request's number.</param>
    /// <param name="bodyBytes">The size of the body that follows.</param>
    /// <exception cref="MessageEncodingException">The frame would have more than 2 GiB; nothing is written.</exception>
    public static void WriteResponseHead(ref KafkaWriter writer, ApiKey apiKey, short version, int correlationId, long bodyBytes)
    {
        var headerVersion = ApiTable.Get(apiKey).ResponseHeaderVersion(version);
        var size = ResponseHeader.SizeOf(headerVersion) + bodyBytes;
        writer.WriteInt32(KafkaSize.Checked(size, nameof(KafkaFrame), version));
        new ResponseHeader(correlationId).Write(ref writer, headerVersion);
    }

    private static int ReadSize(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        return BinaryPrimitives.ReadInt32BigEndian(prefix);
    }
}
