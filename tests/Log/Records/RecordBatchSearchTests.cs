using Actors.Harness;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class RecordBatchSearchTests
{
    [Fact]
    public void The_first_record_at_or_after_a_time_and_an_offset_is_found()
        => Prop.ForAll(
            RecordGen.Codec.ToArbitrary(),
            Gen.Choose(0, 20).NonEmptyListOf().ToArbitrary(),
            Gen.Choose(-1, 21).Two().ToArbitrary(),
            (codec, times, sought) =>
            {
                var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec, BaseOffset = 500 });
                foreach (int time in times)
                    builder.Append(time, null, RecordGen.Pattern(40, time));
                byte[] batch = builder.Build();

                (int wanted, int from) = sought;
                int index = times.Select((time, i) => (time, i)).Where(r => r.time >= wanted && r.i >= from).Select(r => r.i).DefaultIfEmpty(-1).First();
                TimestampedOffset? expected = index < 0 ? null : new TimestampedOffset(500 + index, times[index]);
                Assert.Equal(BatchError.None, RecordBatchSearch.FirstAtOrAfter(batch, wanted, 500 + from, RecordGen.MaxDecompressedBytes, out TimestampedOffset? found));
                return found == expected;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void With_the_brokers_time_the_first_record_is_the_answer()
    {
        byte[] batch = RecordGen.Sample();
        RecordBatch.SetLogAppendTime(batch, 1_800_000_000_000);
        RecordBatch.PatchOffsetAndEpoch(batch, 42, 1);
        Assert.Equal(BatchError.None, RecordBatchSearch.FirstAtOrAfter(batch, 1_800_000_000_000, 0, 0, out TimestampedOffset? found));
        Assert.Equal(new TimestampedOffset(42, 1_800_000_000_000), found);
        Assert.Equal(BatchError.None, RecordBatchSearch.FirstAtOrAfter(batch, 1_800_000_000_001, 0, 0, out found));
        Assert.Null(found);
    }

    [Fact]
    public void What_cannot_be_read_is_an_answer()
    {
        byte[] batch = RecordGen.Sample(CompressionCodec.Zstd);
        Assert.Equal(BatchError.TooLarge, RecordBatchSearch.FirstAtOrAfter(batch, 1_700_000_000_007, 0, 50, out _));
        Assert.Equal(BatchError.Corrupt, RecordBatchSearch.FirstAtOrAfter(batch.AsSpan(0, batch.Length - 1), 0, 0, 1000, out _));
        batch[RecordBatch.MagicAt] = 1;
        Assert.Equal(BatchError.UnsupportedMagic, RecordBatchSearch.FirstAtOrAfter(batch, 0, 0, 1000, out _));
        batch[RecordBatch.MagicAt] = 2;
        batch[RecordBatch.AttributesAt + 1] = 7;
        Assert.Equal(BatchError.UnsupportedCodec, RecordBatchSearch.FirstAtOrAfter(batch, 0, 0, 1000, out _));
        Assert.Equal(BatchError.UnsupportedCodec, RecordReader.ReadAll(batch, 1000, out _));
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        byte[] batch = RecordGen.Sample();
        Assert.Equal(0, Allocations.FewestBytes(() =>
        {
            for (int i = 0; i < 100; i++)
                _ = RecordBatchSearch.FirstAtOrAfter(batch, 1_700_000_000_007, 0, 0, out _);
        }));
    }
}
