using System.Buffers;

namespace Actors.Log;

/// <summary>One log in a checkpoint.</summary>
/// <remarks>
/// Little-endian: int64 id; byte flags (1 files removed, 2 folder exists, 4 next append rolls); blob description; int64 start, end; int32
/// seen epoch; int64 time of the roll; blob epochs; blob producers (empty for none); int32 segments, for each int64 base,
/// int64 next, int32 length, int64 largest timestamp, int64 created, byte closed.
/// </remarks>
internal static class LogStateCodec
{
    private const byte RemovedFlag = 1;
    private const byte DirectoryFlag = 2;
    private const byte RollFlag = 4;
    private const int SegmentBytes = 37;

    public static void Write(ArrayBufferWriter<byte> output, StoredLog log)
    {
        AppliedLog applied = log.Applied;
        output.WriteInt64(log.Id.Value);
        output.WriteByte((byte)((applied.IsRemoved ? RemovedFlag : 0) | (applied.HasDirectory ? DirectoryFlag : 0) | (applied.RollMs is not null ? RollFlag : 0)));
        LogDescription description = log.Description;
        output.WriteBlob(DescriptionCodec.Write(description.Topic, description.TopicId, description.Partition, description.Configs));
        output.WriteInt64(applied.StartOffset);
        output.WriteInt64(applied.EndOffset);
        output.WriteInt32(applied.SeenEpoch);
        output.WriteInt64(applied.RollMs ?? 0);

        var blob = new ArrayBufferWriter<byte>();
        applied.Epochs.WriteTo(blob);
        output.WriteBlob(blob.WrittenSpan);
        blob.ResetWrittenCount();
        if (applied.Producers is { Count: > 0 } producers)
            producers.WriteSnapshot(blob, applied.EndOffset);
        output.WriteBlob(blob.WrittenSpan);

        output.WriteInt32(log.Segments.Length);
        foreach (Segment segment in log.Segments)
        {
            output.WriteInt64(segment.BaseOffset);
            output.WriteInt64(segment.NextOffset);
            output.WriteInt32(segment.Length);
            output.WriteInt64(segment.MaxTimestampMs);
            output.WriteInt64(segment.CreatedMs);
            output.WriteByte(segment.IsClosed ? (byte)1 : (byte)0);
        }
    }

    /// <exception cref="InvalidDataException">The bytes contradict themselves.</exception>
    public static StoredLog Read(ref ByteReader input, LogApplier applier, OpenFiles open, LogOptions options)
    {
        var id = new LogId(input.ReadInt64());
        byte flags = input.ReadByte();
        LogDescription description = DescriptionCodec.Read(id, input.ReadBlob());
        var log = new StoredLog(description, applier.DirectoryOf(description)) { IsListed = true };
        AppliedLog applied = log.Applied;
        applied.IsCreated = true;
        applied.IsRemoved = (flags & RemovedFlag) != 0;
        applied.HasDirectory = (flags & DirectoryFlag) != 0;
        applied.StartOffset = input.ReadInt64();
        applied.EndOffset = applied.CollectedEndOffset = input.ReadInt64();
        applied.SeenEpoch = input.ReadInt32();
        long rollMs = input.ReadInt64();
        applied.RollMs = (flags & RollFlag) != 0 ? rollMs : null;
        if (!EpochHistory.TryRead(input.ReadBlob(), out EpochHistory epochs))
            throw new InvalidDataException($"The epochs of {description} are damaged.");
        applied.Epochs = epochs;

        ReadOnlySpan<byte> producers = input.ReadBlob();
        if (!producers.IsEmpty)
        {
            if (!ProducerStates.TryReadSnapshot(producers, options.Producers, out ProducerStates states, out long endOffset) || endOffset != applied.EndOffset)
                throw new InvalidDataException($"The producer states of {description} are damaged.");
            applied.Producers = states;
        }

        var segments = new Segment[input.ReadCount(SegmentBytes)];
        for (int i = 0; i < segments.Length; i++)
        {
            long baseOffset = input.ReadInt64();
            long nextOffset = input.ReadInt64();
            int length = input.ReadInt32();
            long maxTimestampMs = input.ReadInt64();
            segments[i] = new Segment(open, log.Directory, baseOffset, input.ReadInt64(), options.IndexIntervalBytes)
            {
                NextOffset = nextOffset,
                Length = length,
                MaxTimestampMs = maxTimestampMs,
                IsClosed = input.ReadByte() != 0,
                WrittenBack = length,
            };
        }

        log.Segments = segments;
        return log;
    }
}
