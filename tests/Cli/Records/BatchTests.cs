using Actors.Cli.Records;
using Actors.Log;

namespace Actors.Cli.Tests;

public sealed class BatchTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 256)]
    [InlineData(64, 1)]
    [InlineData(65, 63)]
    [InlineData(1000, 100)]
    [InlineData(10_000, 70)]
    public void A_batch_is_what_the_log_itself_would_build(int count, int size)
    {
        var value = new byte[size];
        new Random(size).NextBytes(value);
        var builder = new RecordBatchBuilder();
        for (var index = 0; index < count; index++)
        {
            builder.Append(1_700_000_000_000, null, value);
        }

        var batch = BatchWriter.Build(count, value, 1_700_000_000_000);
        Assert.Equal(Convert.ToHexString(builder.Build()), Convert.ToHexString(batch));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Zstd)]
    public void Batches_of_any_codec_are_walked_and_a_cut_one_is_left(CompressionCodec codec)
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec, BaseOffset = 40 });
        builder.Append(1, null, [1]);
        builder.Append(2, null, [2]);
        byte[] batch = builder.Build(), two = [.. batch, .. batch];
        for (var length = 0; length <= two.Length; length++)
        {
            ReadOnlySpan<byte> rest = two.AsSpan(0, length);
            var taken = 0;
            while (BatchReader.TryTake(ref rest, out var summary))
            {
                Assert.Equal(new BatchSummary(40, 42, 2), summary);
                taken++;
            }

            Assert.Equal(length / batch.Length, taken);
            Assert.Equal(length % batch.Length, rest.Length);
        }
    }

    [Fact]
    public void Every_changed_bit_behind_the_format_is_seen()
    {
        var batch = BatchWriter.Build(3, [1, 2, 3], 5);
        for (var at = 16; at < batch.Length; at++)
        {
            batch[at] ^= 1;
            Assert.Throws<CliException>(() =>
            {
                ReadOnlySpan<byte> records = batch;
                BatchReader.TryTake(ref records, out _);
            });
            batch[at] ^= 1;
        }
    }
}
