using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class RecordCompressionTests
{
    private const int MaxOutputBytes = 16 * 1024 * 1024;

    public static TheoryData<CompressionCodec> Compressing { get; } = [.. Enum.GetValues<CompressionCodec>().Where(codec => codec != CompressionCodec.None)];

    [Theory]
    [InlineData(CompressionCodec.Snappy, nameof(GoldenBytes.SnappyRaw))]
    [InlineData(CompressionCodec.Snappy, nameof(GoldenBytes.SnappyXerial))]
    [InlineData(CompressionCodec.Lz4, nameof(GoldenBytes.Lz4))]
    [InlineData(CompressionCodec.Lz4, nameof(GoldenBytes.Lz4WithChecksums))]
    [InlineData(CompressionCodec.Zstd, nameof(GoldenBytes.Zstd))]
    [InlineData(CompressionCodec.Zstd, nameof(GoldenBytes.ZstdWithChecksum))]
    [InlineData(CompressionCodec.Gzip, nameof(GoldenBytes.Gzip))]
    public void What_other_programs_compressed_comes_out_and_no_part_of_it_does(CompressionCodec codec, string name)
    {
        byte[] input = (byte[])typeof(GoldenBytes).GetProperty(name)!.GetValue(null)!;
        Assert.Equal(BatchError.None, Decompress(codec, input, MaxOutputBytes, out byte[] output));
        Assert.Equal(GoldenBytes.Text, output);
        for (int length = 0; length < input.Length; length++)
        {
            BatchError error = Decompress(codec, input[..length], MaxOutputBytes, out byte[] part);
            bool isWholeChunks = name == nameof(GoldenBytes.SnappyXerial) && part.Length % 256 == 0; // xerial has no end mark
            Assert.True(error == BatchError.InvalidRecord || (isWholeChunks && part.Length < output.Length), $"{length} of {input.Length} bytes: {error}");
        }
    }

    [Fact]
    public void Everything_comes_back_through_every_codec()
        => Prop.ForAll(RecordGen.Codec.ToArbitrary(), RecordGen.Bytes.Select(bytes => bytes ?? []).ToArbitrary(), (codec, bytes) =>
            Decompress(codec, Compress(codec, bytes), MaxOutputBytes, out byte[] output) == BatchError.None && output.AsSpan().SequenceEqual(bytes))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Large_and_incompressible_input_comes_back(CompressionCodec codec)
    {
        byte[] random = new byte[300_000];
        new Random(4711).NextBytes(random);
        byte[] input = [.. RecordGen.Pattern(1_000_000, 1), .. random, .. RecordGen.Pattern(70_000, 9), .. random];
        Assert.Equal(BatchError.None, Decompress(codec, Compress(codec, input), MaxOutputBytes, out byte[] output));
        Assert.True(input.AsSpan().SequenceEqual(output));
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Compressible_input_becomes_smaller(CompressionCodec codec)
        => Assert.InRange(Compress(codec, RecordGen.Pattern(1_000_000, 1)).Length, 1, 200_000);

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Damaged_input_is_an_answer_and_never_a_fault(CompressionCodec codec)
    {
        byte[] input = Compress(codec, RecordGen.Pattern(70_000, 5));
        var random = new Random(99);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = (byte[])input.Clone();
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            BatchError error = Decompress(codec, damaged, 200_000, out byte[] output);
            Assert.True(error is BatchError.None or BatchError.InvalidRecord or BatchError.TooLarge, $"round {round}: {error}");
            Assert.True(output.Length <= 200_000, $"round {round}: {output.Length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void Garbage_and_trailing_garbage_are_refused(CompressionCodec codec)
    {
        byte[] garbage = new byte[500];
        new Random(7).NextBytes(garbage);
        Assert.Equal(BatchError.InvalidRecord, Decompress(codec, garbage, MaxOutputBytes, out _));
        Assert.Equal(BatchError.InvalidRecord, Decompress(codec, [], MaxOutputBytes, out _));
        Assert.Equal(BatchError.InvalidRecord, Decompress(codec, [.. Compress(codec, GoldenBytes.Text), .. garbage], MaxOutputBytes, out _));
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void The_limit_is_exact(CompressionCodec codec)
    {
        byte[] input = Compress(codec, RecordGen.Pattern(100_000, 5));
        Assert.Equal(BatchError.None, Decompress(codec, input, 100_000, out _));
        Assert.Equal(BatchError.TooLarge, Decompress(codec, input, 99_999, out byte[] output));
        Assert.InRange(output.Length, 0, 99_999);
    }

    [Theory]
    [MemberData(nameof(Compressing))]
    public void A_bomb_costs_a_window_of_memory_and_is_refused_at_the_limit(CompressionCodec codec)
    {
        byte[] bomb = RecordBatchBuilder.Single(1, null, new byte[64 * 1024 * 1024], new RecordBatchOptions { Codec = codec });
        BatchLimits limits = BatchLimits.ForClients with { MaxBatchBytes = int.MaxValue };
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(RecordGen.Sample(codec), limits, out _)); // buffers and contexts exist

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BatchError.TooLarge, RecordBatchValidator.Validate(bomb, limits, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 * 1024);

        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(BatchError.None, RecordBatchValidator.Validate(bomb, limits with { MaxDecompressedBytes = 65 * 1024 * 1024 }, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 128 * 1024);
    }

    [Theory]
    [InlineData("FFFFFFFF07", 5)] // claims 2 GiB
    [InlineData("FFFFFFFFFF01", 6)]
    [InlineData("80808080808001", 7)]
    [InlineData("6400", 2)] // claims 100 bytes of one
    [InlineData("0501000000000F", 0)]
    [InlineData("0A000104", 0)] // copies from in front of the start
    [InlineData("04F4", 0)]
    [InlineData("04FCFFFFFFFF", 0)]
    public void A_snappy_block_that_lies_is_refused_before_memory_is_taken(string hex, int bytes)
    {
        byte[] block = Convert.FromHexString(hex);
        Assert.True(bytes == 0 || block.Length == bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        BatchError error = RecordCompression.Decompress(CompressionCodec.Snappy, block, MaxOutputBytes, new ArrayBufferWriter<byte>(64));
        Assert.Equal(BatchError.InvalidRecord, error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Fact]
    public void Both_native_libraries_are_here() => Assert.Empty(RecordCompression.FindMissingLibraries());

    [Theory]
    [InlineData(CompressionCodec.Gzip, 1, 9)]
    [InlineData(CompressionCodec.Lz4, 1, 12)]
    [InlineData(CompressionCodec.Zstd, 1, 19)]
    public void Levels_are_used(CompressionCodec codec, int fast, int small)
    {
        byte[] input = [.. Enumerable.Range(0, 20_000).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"{i * 7919 % 1000},{i % 13};"))];
        var fastOutput = new ArrayBufferWriter<byte>();
        var smallOutput = new ArrayBufferWriter<byte>();
        RecordCompression.Compress(codec, input, fastOutput, fast);
        RecordCompression.Compress(codec, input, smallOutput, small);
        Assert.True(smallOutput.WrittenCount < fastOutput.WrittenCount, $"{smallOutput.WrittenCount} at {small}, {fastOutput.WrittenCount} at {fast}");
    }

    private static byte[] Compress(CompressionCodec codec, byte[] input)
    {
        var output = new ArrayBufferWriter<byte>();
        RecordCompression.Compress(codec, input, output);
        return output.WrittenSpan.ToArray();
    }

    private static BatchError Decompress(CompressionCodec codec, byte[] input, int maxOutputBytes, out byte[] output)
    {
        var writer = new ArrayBufferWriter<byte>();
        BatchError error = RecordCompression.Decompress(codec, input, maxOutputBytes, writer);
        output = writer.WrittenSpan.ToArray();
        return error;
    }
}
