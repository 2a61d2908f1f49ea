using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class RecordBatchTests
{
    private static readonly Record[] GoldenRecords =
    [
        new()
        {
            Offset = 0,
            TimestampMs = 1_700_000_000_000,
            Key = "k1"u8.ToArray(),
            Value = "first value"u8.ToArray(),
            Headers = [new RecordHeader("h1", "v1"u8.ToArray()), new RecordHeader("h2", null), new RecordHeader("", Array.Empty<byte>())],
        },
        new() { Offset = 1, TimestampMs = 1_700_000_000_005, Key = null, Value = "second"u8.ToArray() },
        new() { Offset = 2, TimestampMs = 1_700_000_000_003, Key = Array.Empty<byte>(), Value = null, Headers = [new RecordHeader("hé", new byte[] { 0, 255 })] },
        new() { Offset = 3, TimestampMs = 1_700_000_000_001, Key = "k4"u8.ToArray(), Value = Encoding.ASCII.GetBytes(new string('x', 300)) },
    ];

    [Fact]
    public void Built_bytes_equal_those_of_another_client()
    {
        byte[] expected = GoldenBytes.BatchPlain;
        Assert.True(RecordBatchHeader.TryParse(expected, out RecordBatchHeader header));
        byte[] built = RecordGen.Build(GoldenRecords, new RecordBatchOptions { PartitionLeaderEpoch = header.PartitionLeaderEpoch });
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(built));
    }

    [Theory]
    [InlineData(nameof(GoldenBytes.BatchPlain), CompressionCodec.None)]
    [InlineData(nameof(GoldenBytes.BatchGzip), CompressionCodec.Gzip)]
    [InlineData(nameof(GoldenBytes.BatchSnappy), CompressionCodec.Snappy)]
    public void Batches_of_another_client_are_valid_and_read_back(string name, CompressionCodec codec)
    {
        byte[] batch = (byte[])typeof(GoldenBytes).GetProperty(name)!.GetValue(null)!;
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, BatchLimits.ForClients, out RecordBatchHeader header, out BatchInspection inspection));
        Assert.Equal(codec, header.Codec);
        Assert.Equal(4, header.RecordCount);
        Assert.Equal(3, header.LastOffsetDelta);
        Assert.Equal(1_700_000_000_000, header.BaseTimestampMs);
        Assert.Equal(1_700_000_000_005, header.MaxTimestampMs);
        Assert.Equal(1_700_000_000_005, inspection.MaxTimestampMs);
        Assert.False(header.HasProducerId);
        Assert.Equal(batch.Length, header.SizeBytes);
        Assert.Equal(BatchError.None, RecordReader.ReadAll(batch, RecordGen.MaxDecompressedBytes, out List<Record> records));
        Assert.Equal(4, records.Count);
        Assert.All(records.Zip(GoldenRecords), pair => Assert.True(pair.First.Offset == pair.Second.Offset && RecordGen.AreEqual(pair.First, pair.Second)));
    }

    [Fact]
    public void What_is_built_is_valid_and_reads_back_the_same()
        => Prop.ForAll(
            RecordGen.Records.ToArbitrary(),
            RecordGen.Codec.ToArbitrary(),
            (records, codec) =>
            {
                byte[] batch = RecordGen.Build(records, new RecordBatchOptions { Codec = codec });
                BatchLimits limits = BatchLimits.ForClients with { MaxBatchBytes = int.MaxValue };
                Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, limits, out RecordBatchHeader header, out BatchInspection inspection));
                Assert.True(inspection.Walked);
                Assert.Equal(records.Max(record => record.TimestampMs), inspection.MaxTimestampMs);
                Assert.Equal(header.MaxTimestampMs, inspection.MaxTimestampMs);
                Assert.Equal(records.Length, header.RecordCount);

                RecordBatch.PatchOffsetAndEpoch(batch, 1000, 7);
                Assert.Equal(BatchError.None, RecordReader.ReadAll(batch, RecordGen.MaxDecompressedBytes, out List<Record> read));
                Assert.Equal(Enumerable.Range(1000, records.Length).Select(offset => (long)offset), read.Select(record => record.Offset));
                return records.Zip(read).All(pair => RecordGen.AreEqual(pair.First, pair.Second));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_field_lies_where_Kafka_has_it()
    {
        byte[] batch = RecordGen.Build(GoldenRecords[..2], new RecordBatchOptions
        {
            Codec = CompressionCodec.Gzip,
            BaseOffset = 0x0102030405060708,
            PartitionLeaderEpoch = 0x11121314,
            TimestampType = TimestampType.LogAppendTime,
            ProducerId = 0x2122232425262728,
            ProducerEpoch = 0x3132,
            BaseSequence = 0x41424344,
            IsTransactional = true,
            IsControl = true,
        });
        Assert.Equal("0102030405060708", Convert.ToHexString(batch, 0, 8));
        Assert.Equal("1112131402", Convert.ToHexString(batch, 12, 5));
        Assert.Equal("0039", Convert.ToHexString(batch, 21, 2));
        Assert.Equal("00000001", Convert.ToHexString(batch, 23, 4));
        Assert.Equal("0000018BCFE568000000018BCFE56805", Convert.ToHexString(batch, 27, 16));
        Assert.Equal("2122232425262728313241424344", Convert.ToHexString(batch, 43, 14));
        Assert.Equal("00000002", Convert.ToHexString(batch, 57, 4));

        Assert.True(RecordBatchHeader.TryParse(batch, out RecordBatchHeader header));
        Assert.Equal(0x0102030405060708, header.BaseOffset);
        Assert.Equal(0x0102030405060709, header.LastOffset);
        Assert.Equal(0x010203040506070A, header.NextOffset);
        Assert.Equal(batch.Length - 12, header.BatchLength);
        Assert.Equal(0x11121314, header.PartitionLeaderEpoch);
        Assert.Equal(2, header.Magic);
        Assert.Equal(RecordBatch.ComputeCrc(batch), header.Crc);
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.True(header.IsTransactional && header.IsControl && header.HasProducerId && !header.HasDeleteHorizon);
        Assert.Equal(0x2122232425262728, header.ProducerId);
        Assert.Equal(0x3132, header.ProducerEpoch);
        Assert.Equal(0x41424344, header.BaseSequence);
        Assert.Equal(0x41424345, header.LastSequence);
        Assert.False(RecordBatchHeader.TryParse(batch.AsSpan(0, 60), out _));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(int.MaxValue - 1, 1, int.MaxValue)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue - 1)]
    public void Sequences_go_on_at_0_after_the_largest(int sequence, int count, int expected) => Assert.Equal(expected, Sequence.Add(sequence, count));

    [Fact]
    public void Offset_and_epoch_are_patched_without_touching_the_rest()
        => Prop.ForAll<long, int>((offset, epoch) =>
        {
            byte[] before = RecordGen.Sample(), after = RecordGen.Sample();
            RecordBatch.PatchOffsetAndEpoch(after, offset, epoch);
            Assert.True(RecordBatchHeader.TryParse(after, out RecordBatchHeader header));
            Assert.Equal((offset, epoch), (header.BaseOffset, header.PartitionLeaderEpoch));
            Assert.Equal(RecordBatch.ComputeCrc(before), RecordBatch.ComputeCrc(after));
            return before.AsSpan(8, 4).SequenceEqual(after.AsSpan(8, 4)) && before.AsSpan(16).SequenceEqual(after.AsSpan(16));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Lz4)]
    public void Log_append_time_becomes_the_time_of_every_record(CompressionCodec codec)
    {
        byte[] batch = RecordGen.Sample(codec);
        RecordBatch.SetLogAppendTime(batch, 1_800_000_000_000);
        BatchLimits limits = BatchLimits.ForClients with { FromClient = false };
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, limits, out RecordBatchHeader header, out BatchInspection inspection));
        Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
        Assert.Equal(1_800_000_000_000, header.MaxTimestampMs);
        Assert.Equal(1_800_000_000_000, inspection.MaxTimestampMs);
        Assert.Equal(BatchError.None, RecordReader.ReadAll(batch, RecordGen.MaxDecompressedBytes, out List<Record> records));
        Assert.All(records, record => Assert.Equal(1_800_000_000_000, record.TimestampMs));
    }

    [Fact]
    public void A_wrong_maximum_timestamp_is_seen_and_corrected()
    {
        byte[] batch = RecordGen.Sample();
        RecordBatch.SetMaxTimestamp(batch, 1_700_000_000_003);
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, BatchLimits.ForClients, out RecordBatchHeader header, out BatchInspection inspection));
        Assert.Equal(1_700_000_000_003, header.MaxTimestampMs);
        Assert.Equal(1_700_000_000_007, inspection.MaxTimestampMs);
        RecordBatch.SetMaxTimestamp(batch, inspection.MaxTimestampMs);
        Assert.Equal(RecordGen.Sample(), batch);
    }

    [Theory]
    [InlineData(ControlRecordType.Commit, "00000001")]
    [InlineData(ControlRecordType.Abort, "00000000")]
    public void A_transaction_marker_reads_back(ControlRecordType type, string key)
    {
        byte[] batch = new ControlRecord(type, 9).BuildBatch(77, 3, 1_700_000_000_000);
        Assert.Equal(BatchError.None, RecordReader.Open(batch, RecordGen.MaxDecompressedBytes, out RecordReader reader));
        Assert.True(reader.Header.IsControl && reader.Header.IsTransactional);
        Assert.Equal((77L, (short)3, -1), (reader.Header.ProducerId, reader.Header.ProducerEpoch, reader.Header.BaseSequence));
        Assert.True(reader.TryRead(out RecordView record));
        Assert.Equal(key, Convert.ToHexString(record.Key));
        Assert.Equal("000000000009", Convert.ToHexString(record.Value));
        Assert.True(ControlRecord.TryParse(record, out ControlRecord marker));
        Assert.Equal(new ControlRecord(type, 9), marker);
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(batch, BatchLimits.ForClients with { FromClient = false }, out _));
        Assert.Equal(BatchError.InvalidRecord, RecordBatchValidator.Validate(batch, BatchLimits.ForClients, out _));
    }

    [Fact]
    public void A_builder_can_be_used_again()
    {
        var builder = new RecordBatchBuilder();
        builder.Append(5, [1], [2]);
        byte[] first = builder.Build();
        builder.Clear();
        builder.Append(6, null, [3], [new RecordHeader("x", null)]);
        Assert.Equal(1, builder.Count);
        Assert.Equal(RecordGen.Build([new Record { Offset = 0, TimestampMs = 6, Value = new byte[] { 3 }, Headers = [new RecordHeader("x", null)] }]), builder.Build());
        Assert.Equal(first, RecordBatchBuilder.Single(5, [1], [2]));
    }
}
