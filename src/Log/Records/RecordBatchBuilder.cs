using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Actors.Log;

/// <summary>Collects records and writes them as one batch. Not thread-safe; can be used again after <see cref="Clear"/>.</summary>
public sealed class RecordBatchBuilder
{
    private readonly RecordBatchOptions _options;
    private readonly ArrayBufferWriter<byte> _records = new();
    private long _baseTimestampMs = RecordBatch.NoTimestamp;
    private long _maxTimestampMs = RecordBatch.NoTimestamp;

    /// <summary>An empty batch.</summary>
    /// <param name="options">What the batch says about itself; null for the default.</param>
    public RecordBatchBuilder(RecordBatchOptions? options = null) => _options = options ?? new RecordBatchOptions();

    /// <summary>Records so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of header and records so far, before compression.</summary>
    public int UncompressedBytes => RecordBatch.HeaderBytes + _records.WrittenCount;

    /// <summary>Builds a batch of one record.</summary>
    public static byte[] Single(long timestampMs, byte[]? key, byte[]? value, RecordBatchOptions? options = null)
    {
        var builder = new RecordBatchBuilder(options);
        builder.Append(timestampMs, key, value);
        return builder.Build();
    }

    /// <summary>Adds a record; null is a null key or value, and empty is not null.</summary>
    public void Append(long timestampMs, byte[]? key, byte[]? value, IReadOnlyList<RecordHeader>? headers = null)
        => Append(timestampMs, key is null ? default(ReadOnlyMemory<byte>?) : key, value is null ? default(ReadOnlyMemory<byte>?) : value, headers);

    /// <summary>Adds a record; null is a null key or value, and empty is not null.</summary>
    /// <param name="timestampMs">Milliseconds since 1970, or -1.</param>
    public void Append(long timestampMs, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, IReadOnlyList<RecordHeader>? headers = null)
    {
        if (Count == 0)
            _baseTimestampMs = timestampMs;
        _maxTimestampMs = Math.Max(_maxTimestampMs, timestampMs);
        long timestampDeltaMs = unchecked(timestampMs - _baseTimestampMs);
        int headerCount = headers?.Count ?? 0;
        int length = checked(1 + Varint.Size(timestampDeltaMs) + Varint.Size(Count) + NullableSize(key) + NullableSize(value) + Varint.Size(headerCount));
        for (int i = 0; i < headerCount; i++)
        {
            int nameBytes = Encoding.UTF8.GetByteCount(headers![i].Key);
            length = checked(length + Varint.Size(nameBytes) + nameBytes + NullableSize(headers[i].Value));
        }

        int total = checked(Varint.Size(length) + length);
        Span<byte> record = _records.GetSpan(total)[..total];
        int at = Varint.Write(record, length);
        record[at++] = 0;
        at += Varint.Write(record[at..], timestampDeltaMs);
        at += Varint.Write(record[at..], Count);
        at += WriteNullable(record[at..], key);
        at += WriteNullable(record[at..], value);
        at += Varint.Write(record[at..], headerCount);
        for (int i = 0; i < headerCount; i++)
        {
            at += Varint.Write(record[at..], Encoding.UTF8.GetByteCount(headers![i].Key));
            at += Encoding.UTF8.GetBytes(headers[i].Key, record[at..]);
            at += WriteNullable(record[at..], headers[i].Value);
        }

        _records.Advance(at);
        Count++;
    }

    /// <summary>Forgets the records.</summary>
    public void Clear()
    {
        _records.ResetWrittenCount();
        Count = 0;
        _baseTimestampMs = _maxTimestampMs = RecordBatch.NoTimestamp;
    }

    /// <summary>The batch as a new array.</summary>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public byte[] Build()
    {
        var output = new ArrayBufferWriter<byte>(UncompressedBytes);
        WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the batch.</summary>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ReadOnlySpan<byte> payload = _records.WrittenSpan;
        if (_options.Codec != CompressionCodec.None)
        {
            var compressed = new ArrayBufferWriter<byte>(Math.Max(256, payload.Length / 2));
            RecordCompression.Compress(_options.Codec, payload, compressed, _options.CompressionLevel);
            payload = compressed.WrittenSpan;
        }

        int size = checked(RecordBatch.HeaderBytes + payload.Length);
        Span<byte> batch = output.GetSpan(size)[..size];
        WriteHeader(batch);
        payload.CopyTo(batch[RecordBatch.HeaderBytes..]);
        BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatch.CrcAt..], RecordBatch.ComputeCrc(batch));
        output.Advance(size);
    }

    private void WriteHeader(Span<byte> batch)
    {
        RecordBatch.PatchOffsetAndEpoch(batch, _options.BaseOffset, _options.PartitionLeaderEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LengthAt..], batch.Length - RecordBatch.LengthOverheadBytes);
        batch[RecordBatch.MagicAt] = RecordBatch.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatch.AttributesAt..], _options.Attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..], Math.Max(Count - 1, 0));
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.BaseTimestampAt..], _baseTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.MaxTimestampAt..], _maxTimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatch.ProducerIdAt..], _options.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatch.ProducerEpochAt..], _options.ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.BaseSequenceAt..], _options.BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatch.RecordCountAt..], Count);
    }

    private static int NullableSize(ReadOnlyMemory<byte>? bytes)
        => bytes is null ? Varint.Size(-1) : checked(Varint.Size(bytes.Value.Length) + bytes.Value.Length);

    private static int WriteNullable(Span<byte> target, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is null)
            return Varint.Write(target, -1);
        int at = Varint.Write(target, bytes.Value.Length);
        bytes.Value.Span.CopyTo(target[at..]);
        return at + bytes.Value.Length;
    }
}
