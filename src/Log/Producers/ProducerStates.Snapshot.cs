using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Log;

/// <remarks>
/// <para>Binary form, big-endian: int16 version = 1, int64 end offset, int32 producers; for each, the one that has been silent longest
/// first: int64 id, int16 epoch, int32 coordinator epoch, int64 last append (ms), int64 first offset of the open transaction or -1,
/// byte batches; for each batch, oldest first: int32 first sequence, int32 last sequence, int64 base offset, int64 timestamp (ms);
/// at the end uint32 CRC-32C of all before.</para>
/// </remarks>
public sealed partial class ProducerStates
{
    /// <summary>Version of the snapshot's binary form.</summary>
    public const short SnapshotVersion = 1;

    private const int SnapshotPrefixBytes = sizeof(short) + sizeof(long) + sizeof(int);
    private const int SnapshotProducerBytes = sizeof(long) + sizeof(short) + sizeof(int) + sizeof(long) + sizeof(long) + sizeof(byte);
    private const int SnapshotBatchBytes = sizeof(int) + sizeof(int) + sizeof(long) + sizeof(long);

    /// <summary>Writes what is known, for batches below <paramref name="endOffset"/>. Nothing may be staged.</summary>
    public void WriteSnapshot(IBufferWriter<byte> output, long endOffset)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_staged.Count > 0)
            throw new InvalidOperationException($"{_staged.Count} batches are staged; commit or roll back before a snapshot.");

        int size = SnapshotPrefixBytes + sizeof(uint);
        for (Producer? producer = _oldest; producer is not null; producer = producer.Newer)
            size += SnapshotProducerBytes + (producer.State.BatchCount * SnapshotBatchBytes);

        Span<byte> bytes = output.GetSpan(size)[..size];
        BinaryPrimitives.WriteInt16BigEndian(bytes, SnapshotVersion);
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], endOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes[10..], _producers.Count);
        Span<byte> at = bytes[SnapshotPrefixBytes..];
        for (Producer? producer = _oldest; producer is not null; producer = producer.Newer)
            at = WriteProducer(at, producer);
        BinaryPrimitives.WriteUInt32BigEndian(at, Crc32C.Compute(bytes[..^sizeof(uint)]));
        output.Advance(size);
    }

    /// <summary>Reads what <see cref="WriteSnapshot"/> wrote.</summary>
    /// <param name="bytes">Exactly one snapshot.</param>
    /// <param name="options">Limits of the new state; what exceeds them is forgotten at the next append.</param>
    /// <param name="endOffset">Offset up to which the snapshot speaks.</param>
    /// <returns>False when the bytes are cut, damaged, of another version, or contradict themselves.</returns>
    public static bool TryReadSnapshot(ReadOnlySpan<byte> bytes, ProducerStatesOptions options, out ProducerStates states, out long endOffset)
    {
        states = new ProducerStates(options);
        endOffset = 0;
        if (bytes.Length < SnapshotPrefixBytes + sizeof(uint) || BinaryPrimitives.ReadInt16BigEndian(bytes) != SnapshotVersion)
            return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[^sizeof(uint)..]) != Crc32C.Compute(bytes[..^sizeof(uint)]))
            return false;

        endOffset = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        int count = BinaryPrimitives.ReadInt32BigEndian(bytes[10..]);
        ReadOnlySpan<byte> rest = bytes[SnapshotPrefixBytes..^sizeof(uint)];
        if (count < 0 || (long)count * SnapshotProducerBytes > rest.Length)
            return false;
        for (int i = 0; i < count; i++)
        {
            if (!states.TryReadProducer(ref rest))
                return false;
        }

        return rest.IsEmpty;
    }

    private static Span<byte> WriteProducer(Span<byte> at, Producer producer)
    {
        ref readonly ProducerState state = ref producer.State;
        BinaryPrimitives.WriteInt64BigEndian(at, producer.Id);
        BinaryPrimitives.WriteInt16BigEndian(at[8..], state.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(at[10..], state.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(at[14..], state.LastAppendMs);
        BinaryPrimitives.WriteInt64BigEndian(at[22..], state.TransactionFirstOffset);
        at[30] = (byte)state.BatchCount;
        at = at[SnapshotProducerBytes..];
        for (int i = 0; i < state.BatchCount; i++)
        {
            ProducerBatch batch = state[i];
            BinaryPrimitives.WriteInt32BigEndian(at, batch.FirstSequence);
            BinaryPrimitives.WriteInt32BigEndian(at[4..], batch.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(at[8..], batch.BaseOffset);
            BinaryPrimitives.WriteInt64BigEndian(at[16..], batch.TimestampMs);
            at = at[SnapshotBatchBytes..];
        }

        return at;
    }

    private bool TryReadProducer(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < SnapshotProducerBytes)
            return false;
        var producer = new Producer(BinaryPrimitives.ReadInt64BigEndian(rest));
        producer.State = ProducerState.Unknown;
        producer.State.Epoch = BinaryPrimitives.ReadInt16BigEndian(rest[8..]);
        producer.State.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(rest[10..]);
        producer.State.LastAppendMs = BinaryPrimitives.ReadInt64BigEndian(rest[14..]);
        producer.State.TransactionFirstOffset = BinaryPrimitives.ReadInt64BigEndian(rest[22..]);
        int batches = rest[30];
        rest = rest[SnapshotProducerBytes..];
        if (batches > ProducerState.MaxBatches || rest.Length < batches * SnapshotBatchBytes || !_producers.TryAdd(producer.Id, producer))
            return false;

        for (int i = 0; i < batches; i++)
        {
            producer.State.Add(new ProducerBatch(
                BinaryPrimitives.ReadInt32BigEndian(rest),
                BinaryPrimitives.ReadInt32BigEndian(rest[4..]),
                BinaryPrimitives.ReadInt64BigEndian(rest[8..]),
                BinaryPrimitives.ReadInt64BigEndian(rest[16..])));
            rest = rest[SnapshotBatchBytes..];
        }

        Link(producer);
        if (producer.State.TransactionFirstOffset >= 0)
            _openTransactions.Add((producer.State.TransactionFirstOffset, producer.Id));
        return true;
    }
}
