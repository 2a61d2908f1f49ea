using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>Layout of Kafka's RecordBatch v2, and the few changes that a broker makes to a batch in place.</summary>
/// <remarks>All integers are big-endian. Source: Kafka's DefaultRecordBatch and KIP-98.</remarks>
public static class RecordBatch
{
    /// <summary>Bytes in front of the records.</summary>
    public const int HeaderBytes = 61;

    /// <summary>Bytes of base offset and length, which the length field does not count.</summary>
    public const int LengthOverheadBytes = 12;

    /// <summary>The version of the format.</summary>
    public const byte CurrentMagic = 2;

    public const int BaseOffsetAt = 0;
    public const int LengthAt = 8;
    public const int LeaderEpochAt = 12;
    public const int MagicAt = 16;
    public const int CrcAt = 17;

    /// <summary>First byte that the CRC covers.</summary>
    public const int AttributesAt = 21;

    public const int LastOffsetDeltaAt = 23;
    public const int BaseTimestampAt = 27;
    public const int MaxTimestampAt = 35;
    public const int ProducerIdAt = 43;
    public const int ProducerEpochAt = 51;
    public const int BaseSequenceAt = 53;
    public const int RecordCountAt = 57;

    public const short CodecMask = 0x07;
    public const short TimestampTypeMask = 0x08;
    public const short TransactionalMask = 0x10;
    public const short ControlMask = 0x20;
    public const short DeleteHorizonMask = 0x40;

    public const long NoTimestamp = -1;
    public const long NoProducerId = -1;
    public const short NoProducerEpoch = -1;
    public const int NoSequence = -1;
    public const int NoLeaderEpoch = -1;

    /// <summary>Writes the base offset and the leader's epoch into the batch at the front of <paramref name="batch"/>; the CRC covers neither.</summary>
    public static void PatchOffsetAndEpoch(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseOffsetAt..], baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochAt..], leaderEpoch);
    }

    /// <summary>Makes a batch carry the broker's time: sets the timestamp type and the maximum timestamp and computes the CRC anew.</summary>
    /// <param name="batch">Exactly one batch.</param>
    /// <param name="timestampMs">Broker's time in milliseconds since 1970; readers take it for every record of the batch.</param>
    public static void SetLogAppendTime(Span<byte> batch, long timestampMs)
    {
        short attributes = BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], (short)(attributes | TimestampTypeMask));
        SetMaxTimestamp(batch, timestampMs);
    }

    /// <summary>Sets the maximum timestamp and computes the CRC anew.</summary>
    /// <param name="batch">Exactly one batch.</param>
    public static void SetMaxTimestamp(Span<byte> batch, long timestampMs)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], timestampMs);
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], ComputeCrc(batch));
    }

    /// <summary>CRC-32C of a batch as its content demands, whatever its CRC field says.</summary>
    /// <param name="batch">Exactly one batch.</param>
    public static uint ComputeCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[AttributesAt..]);
}
