using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class EpochHistoryTests
{
    private static EpochHistory Sample()
    {
        var history = new EpochHistory();
        history.Assign(2, 0);
        history.Assign(4, 10);
        history.Assign(7, 25);
        return history;
    }

    [Theory]
    [InlineData(-1, -1, -1L)]
    [InlineData(0, 0, 0L)] // older than all: the first known start
    [InlineData(1, 1, 0L)]
    [InlineData(2, 2, 10L)]
    [InlineData(3, 2, 10L)]
    [InlineData(4, 4, 25L)]
    [InlineData(6, 4, 25L)]
    [InlineData(7, 7, 40L)] // the latest ends with the log
    [InlineData(8, -1, -1L)] // newer than all
    public void The_end_of_an_epoch(int asked, int epoch, long endOffset)
    {
        EpochEnd end = Sample().EndOffsetFor(asked, 40);
        Assert.Equal(new EpochEnd(epoch, endOffset), end);
        Assert.Equal(endOffset >= 0, end.IsDefined);
    }

    [Fact]
    public void An_empty_history_knows_nothing()
    {
        var history = new EpochHistory();
        Assert.Equal(EpochEnd.Undefined, history.EndOffsetFor(0, 10));
        Assert.Equal(EpochHistory.NoEpoch, history.LatestEpoch);
        Assert.Equal(EpochHistory.NoEpoch, history.EpochAt(0));
    }

    [Fact]
    public void An_epoch_keeps_its_first_start_and_truncated_ones_go()
    {
        EpochHistory history = Sample();
        Assert.False(history.Assign(7, 30));
        Assert.True(history.Assign(8, 20)); // epoch 7 began at 25: its records were truncated
        Assert.Equal([new EpochStart(2, 0), new EpochStart(4, 10), new EpochStart(8, 20)], history.Entries);
        Assert.True(history.Assign(8, 15));
        Assert.Equal([new EpochStart(2, 0), new EpochStart(4, 10), new EpochStart(8, 15)], history.Entries);
        Assert.True(history.Assign(3, 5));
        Assert.Equal([new EpochStart(2, 0), new EpochStart(3, 5)], history.Entries);
    }

    /// <summary>Records are deleted while a leader appends: no epoch that begins meanwhile may be lost.</summary>
    [Fact]
    public async Task Epochs_that_begin_while_others_are_forgotten_are_kept()
    {
        const int Epochs = 20_000;
        var history = new EpochHistory();
        history.Assign(0, 0);
        long end = 0;
        Task forgetting = Task.Run(() =>
        {
            while (Volatile.Read(ref end) < Epochs)
                history.TruncateFromStart(Volatile.Read(ref end));
        });
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            history.Assign(epoch, epoch);
            Assert.Equal(epoch, history.LatestEpoch);
            Volatile.Write(ref end, epoch);
        }

        await forgetting;
        Assert.Equal(Epochs, history.LatestEpoch);
    }

    [Theory]
    [InlineData(26L, 3)]
    [InlineData(25L, 2)]
    [InlineData(11L, 2)]
    [InlineData(10L, 1)]
    [InlineData(0L, 0)]
    public void Truncation_from_the_end(long endOffset, int left)
    {
        EpochHistory history = Sample();
        history.TruncateFromEnd(endOffset);
        Assert.Equal(Sample().Entries.Take(left), history.Entries);
    }

    [Theory]
    [InlineData(0L, "2@0 4@10 7@25")]
    [InlineData(5L, "2@5 4@10 7@25")]
    [InlineData(10L, "4@10 7@25")]
    [InlineData(24L, "4@24 7@25")]
    [InlineData(99L, "7@99")]
    public void Truncation_from_the_start_keeps_the_epoch_that_covers_it(long startOffset, string expected)
    {
        EpochHistory history = Sample();
        history.TruncateFromStart(startOffset);
        Assert.Equal(expected, string.Join(' ', history.Entries.Select(entry => $"{entry.Epoch}@{entry.StartOffset}")));
    }

    [Fact]
    public void It_answers_as_a_list_of_every_records_epoch_does()
        => Prop.ForAll(
            Gen.Choose(0, 3).Zip(Gen.Choose(0, 6)).ListOf().ToArbitrary(),
            Gen.Choose(0, 60).ToArbitrary(),
            (steps, truncateAt) =>
            {
                // The oracle keeps the epoch of every record; a step is a leader change and some records, of which there may be none.
                var history = new EpochHistory();
                var records = new List<int>();
                int epoch = 0;
                foreach ((int raise, int count) in steps)
                {
                    epoch += raise;
                    if (raise > 0 || history.LatestEpoch < 0)
                        history.Assign(epoch, records.Count);
                    records.AddRange(Enumerable.Repeat(epoch, count));
                }

                Check(history, records);
                int end = Math.Min(truncateAt, records.Count);
                history.TruncateFromEnd(end);
                records.RemoveRange(end, records.Count - end);
                Check(history, records);
                Assert.True(EpochHistory.TryRead(Write(history), out EpochHistory read));
                return read.Entries.SequenceEqual(history.Entries);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void The_binary_form_is_frozen()
    {
        byte[] bytes = Write(Sample());
        Assert.Equal("000100000003" + "000000020000000000000000" + "00000004000000000000000A" + "000000070000000000000019" + "1C377867", Convert.ToHexString(bytes));
        Assert.Equal(bytes.Length, Sample().SerializedBytes);
        Assert.True(EpochHistory.TryRead(bytes, out EpochHistory read));
        Assert.Equal(Sample().Entries, read.Entries);
    }

    [Fact]
    public void Damaged_or_cut_bytes_are_refused()
    {
        byte[] bytes = Write(Sample());
        for (int at = 0; at < bytes.Length; at++)
        {
            Assert.False(EpochHistory.TryRead(bytes.AsSpan(0, at), out _));
            bytes[at] ^= 0x10;
            Assert.False(EpochHistory.TryRead(bytes, out _));
            bytes[at] ^= 0x10;
        }

        Assert.False(EpochHistory.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void Entries_that_do_not_rise_are_refused()
    {
        byte[] bytes = Write(Sample());
        bytes[9] = 9; // epoch 9 before epoch 4
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        Assert.False(EpochHistory.TryRead(bytes, out _));
    }

    private static void Check(EpochHistory history, List<int> records)
    {
        for (int offset = 0; offset < records.Count; offset++)
            Assert.Equal(records[offset], history.EpochAt(offset));
        for (int asked = 0; asked <= history.LatestEpoch; asked++)
        {
            EpochEnd end = history.EndOffsetFor(asked, records.Count);
            int firstLater = records.FindIndex(epoch => epoch > asked);
            Assert.Equal(firstLater < 0 ? records.Count : firstLater, end.EndOffset);
            Assert.True(end.Epoch <= asked);
        }
    }

    private static byte[] Write(EpochHistory history)
    {
        var output = new ArrayBufferWriter<byte>();
        history.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
