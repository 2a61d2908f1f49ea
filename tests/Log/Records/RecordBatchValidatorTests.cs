using System.Buffers.Binary;
using Actors.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class RecordBatchValidatorTests
{
    private static readonly BatchLimits Limits = BatchLimits.ForClients;

    public static TheoryData<CompressionCodec> Codecs { get; } = [.. Enum.GetValues<CompressionCodec>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Every_changed_bit_is_refused_outside_the_leader_epoch(CompressionCodec codec)
    {
        byte[] batch = RecordGen.Sample(codec);
        for (int at = 0; at < batch.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                batch[at] ^= (byte)(1 << bit);
                BatchError error = Validate(batch);
                batch[at] ^= (byte)(1 << bit);
                bool isPatched = at is >= RecordBatch.LeaderEpochAt and < RecordBatch.MagicAt;
                Assert.True(isPatched == (error == BatchError.None), $"byte {at}, bit {bit}: {error}");
                if (at >= RecordBatch.CrcAt)
                    Assert.Equal(BatchError.Corrupt, error);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_batch_cut_anywhere_is_refused(CompressionCodec codec)
    {
        byte[] batch = RecordGen.Sample(codec);
        for (int length = 0; length < batch.Length; length++)
        {
            BatchError error = RecordBatchValidator.Validate(batch.AsSpan(0, length), Limits, out _);
            BatchError expected = length == 0 ? BatchError.InvalidRecord : BatchError.Corrupt; // no batch at all is not a broken one
            Assert.True(error == expected, $"{length} of {batch.Length} bytes: {error}");
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Records_cut_anywhere_under_a_right_checksum_are_refused(CompressionCodec codec)
    {
        byte[] batch = RecordGen.Sample(codec);
        for (int length = RecordBatch.HeaderBytes; length < batch.Length; length++)
        {
            byte[] cut = Seal(batch[..length]);
            BatchError error = Validate(cut);
            Assert.True(error == BatchError.InvalidRecord, $"{length} of {batch.Length} bytes: {error}");
        }
    }

    [Fact]
    public void Whatever_changes_under_a_right_checksum_the_validator_answers_and_agrees_with_the_reader()
        => Prop.ForAll(
            RecordGen.Codec.ToArbitrary(),
            Gen.Choose(RecordBatch.AttributesAt, 400).Two().ToArbitrary(),
            Gen.Choose(0, 255).Select(value => (byte)value).Two().ToArbitrary(),
            (codec, places, values) =>
            {
                byte[] batch = RecordGen.Sample(codec);
                batch[places.Item1 % batch.Length] = values.Item1;
                batch[Math.Max(places.Item2 % batch.Length, RecordBatch.RecordCountAt + 2)] = values.Item2;
                Seal(batch);
                if (RecordBatchValidator.Validate(batch, Limits, out RecordBatchHeader header) != BatchError.None)
                    return true;
                Assert.Equal(BatchError.None, RecordReader.ReadAll(batch, RecordGen.MaxDecompressedBytes, out List<Record> records));
                return records.Count == header.RecordCount && records.Select(record => record.Offset).SequenceEqual(Enumerable.Range(0, records.Count).Select(i => (long)i));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Two_batches_or_trailing_bytes_are_refused()
    {
        byte[] batch = RecordGen.Sample();
        Assert.Equal(BatchError.InvalidRecord, Validate([.. batch, .. batch]));
        Assert.Equal(BatchError.InvalidRecord, Validate([.. batch, 0]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(48)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_length_that_cannot_be_is_corrupt(int length)
    {
        byte[] batch = RecordGen.Sample();
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), length);
        Assert.Equal(BatchError.Corrupt, Validate(batch));
    }

    [Theory]
    [InlineData((byte)0)]
    [InlineData((byte)1)]
    [InlineData((byte)3)]
    public void Other_message_formats_are_refused(byte magic)
    {
        byte[] batch = RecordGen.Sample();
        batch[RecordBatch.MagicAt] = magic;
        Assert.Equal(BatchError.UnsupportedMagic, Validate(batch));
    }

    [Theory]
    [InlineData(RecordBatch.RecordCountAt, 2)]
    [InlineData(RecordBatch.RecordCountAt, 4)]
    [InlineData(RecordBatch.RecordCountAt, 0)]
    [InlineData(RecordBatch.RecordCountAt, -1)]
    [InlineData(RecordBatch.LastOffsetDeltaAt, 3)]
    [InlineData(RecordBatch.LastOffsetDeltaAt, -1)]
    public void Count_and_last_offset_must_agree(int at, int value)
        => Assert.Equal(BatchError.InvalidRecord, Validate(Changed(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(at), value))));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void Count_and_records_must_agree(int count)
        => Assert.Equal(BatchError.InvalidRecord, Validate(Changed(batch =>
        {
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.RecordCountAt), count);
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LastOffsetDeltaAt), count - 1);
        })));

    [Theory]
    [InlineData((short)0x20, BatchError.InvalidRecord)] // control
    [InlineData((short)0x40, BatchError.InvalidRecord)] // delete horizon
    [InlineData((short)0x10, BatchError.InvalidRecord)] // transactional without a producer
    [InlineData((short)0x08, BatchError.InvalidTimestamp)] // the broker's time from a client
    [InlineData((short)0x05, BatchError.UnsupportedCodec)]
    [InlineData((short)0x06, BatchError.UnsupportedCodec)]
    [InlineData((short)0x07, BatchError.UnsupportedCodec)]
    [InlineData((short)0x01, BatchError.InvalidRecord)] // gzip that is none
    [InlineData((short)0x02, BatchError.InvalidRecord)]
    [InlineData((short)0x03, BatchError.InvalidRecord)]
    [InlineData((short)0x04, BatchError.InvalidRecord)]
    public void Attributes_that_a_client_may_not_set(short attributes, BatchError expected)
        => Assert.Equal(expected, Validate(Changed(batch => BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatch.AttributesAt), attributes))));

    [Fact]
    public void A_client_starts_at_offset_0()
    {
        byte[] batch = RecordGen.Sample();
        RecordBatch.PatchOffsetAndEpoch(batch, 5, 0);
        Assert.Equal(BatchError.InvalidRecord, Validate(batch));
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, Limits with { FromClient = false }, out _));
    }

    [Theory]
    [InlineData(5L, (short)0, 0, BatchError.None)]
    [InlineData(5L, (short)0, int.MaxValue, BatchError.None)]
    [InlineData(5L, (short)-1, 0, BatchError.InvalidRecord)]
    [InlineData(5L, (short)0, -1, BatchError.InvalidRecord)]
    [InlineData(-2L, (short)0, 0, BatchError.InvalidRecord)]
    public void A_producer_has_an_epoch_and_a_sequence(long id, short epoch, int sequence, BatchError expected)
        => Assert.Equal(expected, Validate(RecordBatchBuilder.Single(1, [1], [2], new RecordBatchOptions { ProducerId = id, ProducerEpoch = epoch, BaseSequence = sequence })));

    [Fact]
    public void Size_zstd_and_missing_keys_are_limited_by_the_topic_and_version()
    {
        byte[] batch = RecordGen.Sample(CompressionCodec.Zstd);
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, Limits with { MaxBatchBytes = batch.Length }, out _));
        Assert.Equal(BatchError.TooLarge, RecordBatchValidator.Validate(batch, Limits with { MaxBatchBytes = batch.Length - 1 }, out _));
        Assert.Equal(BatchError.UnsupportedCodec, RecordBatchValidator.Validate(batch, Limits with { ZstdAllowed = false }, out _));
        Assert.Equal(BatchError.InvalidRecord, RecordBatchValidator.Validate(batch, Limits with { KeyRequired = true }, out _, out BatchInspection inspection));
        Assert.Equal(1, inspection.BadRecordIndex);
    }

    [Theory]
    [InlineData(99L, BatchError.InvalidTimestamp)]
    [InlineData(100L, BatchError.None)]
    [InlineData(200L, BatchError.None)]
    [InlineData(201L, BatchError.InvalidTimestamp)]
    [InlineData(-1L, BatchError.None)]
    [InlineData(-2L, BatchError.InvalidTimestamp)]
    [InlineData(long.MinValue, BatchError.InvalidTimestamp)]
    [InlineData(long.MaxValue, BatchError.InvalidTimestamp)]
    public void Timestamps_stay_inside_what_the_topic_allows(long second, BatchError expected)
    {
        var builder = new RecordBatchBuilder();
        builder.Append(150, [1], null);
        builder.Append(second, [1], null);
        BatchLimits limits = Limits with { MinTimestampMs = 100, MaxTimestampMs = 200 };
        Assert.Equal(expected, RecordBatchValidator.Validate(builder.Build(), limits, out _, out BatchInspection inspection));
        Assert.Equal(expected == BatchError.None ? -1 : 1, inspection.BadRecordIndex);
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(builder.Build(), limits with { LogAppendTime = true }, out _));
    }

    [Fact]
    public void A_timestamp_that_overflows_is_refused()
    {
        byte[] batch = RecordGen.Sample();
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatch.BaseTimestampAt), long.MaxValue - 1);
        Assert.Equal(BatchError.InvalidTimestamp, Validate(Seal(batch)));
    }

    [Fact]
    public void Offsets_of_records_run_from_0_without_gaps()
    {
        byte[] one = RecordBatchBuilder.Single(1, null, [7]);
        int offsetDeltaAt = RecordBatch.HeaderBytes + 3;
        Assert.Equal(0, one[offsetDeltaAt]);
        one[offsetDeltaAt] = 2; // 1 in zig-zag
        Assert.Equal(BatchError.InvalidRecord, Validate(Seal(one)));
    }

    [Fact]
    public void A_leader_may_send_what_compaction_left()
    {
        byte[] gap = RecordBatchBuilder.Single(1, null, [7]);
        gap[RecordBatch.HeaderBytes + 3] = 6; // offset delta 3
        BinaryPrimitives.WriteInt32BigEndian(gap.AsSpan(RecordBatch.LastOffsetDeltaAt), 9);
        Seal(gap);
        Assert.Equal(BatchError.InvalidRecord, Validate(gap));
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(gap, Limits with { FromClient = false }, out RecordBatchHeader header));
        Assert.Equal(10, header.NextOffset);

        byte[] empty = new RecordBatchBuilder().Build();
        Assert.Equal(BatchError.InvalidRecord, Validate(empty));
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(empty, Limits with { FromClient = false }, out _));
    }

    [Fact]
    public void A_compressed_batch_can_be_passed_through_unseen()
    {
        byte[] batch = RecordGen.Sample(CompressionCodec.Zstd);
        batch[^5] ^= 0x55;
        Seal(batch);
        Assert.Equal(BatchError.InvalidRecord, Validate(batch));
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, Limits with { InspectCompressed = false }, out _, out BatchInspection inspection));
        Assert.False(inspection.Walked);
        Assert.Equal(1_700_000_000_007, inspection.MaxTimestampMs);
    }

    [Fact]
    public void A_batch_without_compression_is_validated_without_allocation()
    {
        var builder = new RecordBatchBuilder();
        for (int i = 0; i < 100; i++)
            builder.Append(1_700_000_000_000 + i, BitConverter.GetBytes(i), RecordGen.Pattern(256, i), [new RecordHeader("h", new byte[] { 1 })]);
        byte[] batch = builder.Build();
        Assert.Equal(BatchError.None, Validate(batch));

        Assert.Equal(0, Allocations.FewestBytes(() =>
        {
            for (int i = 0; i < 200; i++)
                _ = RecordBatchValidator.Validate(batch, Limits, out _, out _);
        }));
    }

    private static BatchError Validate(byte[] batch) => RecordBatchValidator.Validate(batch, Limits, out _);

    private static byte[] Changed(Action<byte[]> change)
    {
        byte[] batch = RecordGen.Sample();
        change(batch);
        return Seal(batch);
    }

    /// <summary>Makes length and checksum right for what the batch now is.</summary>
    private static byte[] Seal(byte[] batch)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), batch.Length - RecordBatch.LengthOverheadBytes);
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(RecordBatch.CrcAt), RecordBatch.ComputeCrc(batch));
        return batch;
    }
}
