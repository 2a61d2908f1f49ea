using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>The marker that ends a transaction in a partition: the only record of a control batch.</summary>
/// <remarks>Key: int16 version, int16 type. Value: int16 version, int32 coordinator epoch. Source: Kafka's ControlRecordType and EndTransactionMarker.</remarks>
/// <param name="Type">How the transaction ended.</param>
/// <param name="CoordinatorEpoch">Epoch of the transaction coordinator that decided.</param>
public readonly record struct ControlRecord(ControlRecordType Type, int CoordinatorEpoch)
{
    private const short Version = 0;
    private const int KeyBytes = 4;
    private const int ValueBytes = 6;

    /// <summary>Builds the control batch of a producer's transaction.</summary>
    public byte[] BuildBatch(long producerId, short producerEpoch, long timestampMs)
    {
        byte[] key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt16BigEndian(key, Version);
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), (short)Type);
        byte[] value = new byte[ValueBytes];
        BinaryPrimitives.WriteInt16BigEndian(value, Version);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), CoordinatorEpoch);
        return RecordBatchBuilder.Single(timestampMs, key, value, new RecordBatchOptions
        {
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
        });
    }

    /// <summary>Reads a marker; later versions may append fields, which are skipped.</summary>
    /// <returns>False when the record is cut, or of a type that is not known.</returns>
    public static bool TryParse(in RecordView record, out ControlRecord marker)
    {
        marker = default;
        if (record.Key.Length < KeyBytes || record.Value.Length < ValueBytes)
            return false;
        short type = BinaryPrimitives.ReadInt16BigEndian(record.Key[2..]);
        if (type is not ((short)ControlRecordType.Abort or (short)ControlRecordType.Commit))
            return false;
        marker = new ControlRecord((ControlRecordType)type, BinaryPrimitives.ReadInt32BigEndian(record.Value[2..]));
        return true;
    }
}
