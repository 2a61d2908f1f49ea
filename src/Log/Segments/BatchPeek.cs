using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>The few fields of a stored batch's header by which batches are walked.</summary>
internal readonly ref struct BatchPeek
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">At least <see cref="RecordBatch.HeaderBytes"/> bytes of a stored batch.</param>
    public BatchPeek(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    /// <summary>Bytes of the whole batch.</summary>
    public long SizeBytes => (long)BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatch.LengthAt..]) + RecordBatch.LengthOverheadBytes;

    public long NextOffset => BaseOffset + BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordBatch.LastOffsetDeltaAt..]) + 1;

    public long MaxTimestampMs => BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatch.MaxTimestampAt..]);

    public bool HasProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[RecordBatch.ProducerIdAt..]) != RecordBatch.NoProducerId;

    /// <summary>Whether this may be a batch at all, and one that does not reach below <paramref name="fromOffset"/>.</summary>
    public bool IsPlausible(long fromOffset) =>
        SizeBytes >= RecordBatch.HeaderBytes && _bytes[RecordBatch.MagicAt] == RecordBatch.CurrentMagic
        && BaseOffset >= fromOffset && NextOffset > BaseOffset;
}
