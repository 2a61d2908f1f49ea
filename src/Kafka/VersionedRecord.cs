using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>Reads and writes bytes that carry their int16 version in front.</summary>
public static class VersionedRecord
{
    /// <summary>Bytes of the version in front.</summary>
    public const int VersionBytes = 2;

    /// <summary>The version that the bytes carry; for keys of internal topics it says which record it is.</summary>
    /// <returns>False when there are fewer than 2 bytes.</returns>
    public static bool TryReadVersion(ReadOnlySpan<byte> bytes, out short version) =>
        BinaryPrimitives.TryReadInt16BigEndian(bytes, out version);

    /// <summary>Reads a record in the version that it carries.</summary>
    /// <param name="bytes">The version and the record. The record keeps slices of it.</param>
    /// <param name="record">The record, when the result is true.</param>
    /// <returns>False when the bytes are malformed or carry a version that the tables lack.</returns>
    public static bool TryRead<TRecord>(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TRecord? record)
        where TRecord : class, IKafkaRecord, IKafkaMessage<TRecord> =>
        TryRead(bytes, newerAsHighest: false, out record);

    /// <summary>
    /// Reads a record, and one of a newer version as the highest known one: newer versions only append fields. This is what
    /// Kafka does with subscriptions and assignments of consumers.
    /// </summary>
    /// <inheritdoc cref="TryRead{TRecord}(ReadOnlyMemory{byte}, out TRecord)"/>
    public static bool TryReadNewer<TRecord>(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TRecord? record)
        where TRecord : class, IKafkaRecord, IKafkaMessage<TRecord> =>
        TryRead(bytes, newerAsHighest: true, out record);

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static int SizeOf([NotNull] IKafkaRecord record, short version) => VersionBytes + record.SizeOf(version);

    /// <summary>Writes the version and the record.</summary>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static void Write([NotNull] IKafkaRecord record, short version, IBufferWriter<byte> output)
    {
        var writer = new KafkaWriter(output);
        writer.WriteInt16(version);
        record.Write(ref writer, version);
        writer.Flush();
    }

    /// <summary>The version and the record as bytes of their own.</summary>
    /// <inheritdoc cref="IKafkaMessage.SizeOf" path="/exception"/>
    public static byte[] ToArray([NotNull] IKafkaRecord record, short version)
    {
        var output = new ArrayBufferWriter<byte>(SizeOf(record, version));
        Write(record, version, output);
        return output.WrittenSpan.ToArray();
    }

    private static bool TryRead<TRecord>(ReadOnlyMemory<byte> bytes, bool newerAsHighest, [NotNullWhen(true)] out TRecord? record)
        where TRecord : class, IKafkaRecord, IKafkaMessage<TRecord>
    {
        record = null;
        if (!TryReadVersion(bytes.Span, out var version))
        {
            return false;
        }

        if (newerAsHighest && version > TRecord.HighestVersion)
        {
            version = TRecord.HighestVersion;
        }

        return version >= TRecord.LowestVersion
            && version <= TRecord.HighestVersion
            && KafkaMessage.TryRead(bytes[VersionBytes..], version, out record) == Malformation.None
            && record is not null;
    }
}
