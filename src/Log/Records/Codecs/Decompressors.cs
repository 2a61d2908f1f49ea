using System.Collections.Concurrent;

namespace Actors.Log;

/// <summary>Lends decompressors, so that a batch does not pay for a native context of its own. Any thread.</summary>
internal static class Decompressors
{
    private static readonly int MaxIdle = Math.Max(4, Environment.ProcessorCount);
    private static readonly ConcurrentQueue<Decompressor>[] Idle = [new(), new(), new(), new(), new()];

    /// <summary>A decompressor that nobody else uses; give it back with <see cref="Return"/>.</summary>
    /// <param name="codec">A codec other than None.</param>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public static Decompressor Rent(CompressionCodec codec)
    {
        if (Idle[(int)codec].TryDequeue(out Decompressor? idle))
            return idle;
        return codec switch
        {
            CompressionCodec.Gzip => new GzipDecompressor(),
            CompressionCodec.Snappy => new SnappyDecompressor(),
            CompressionCodec.Lz4 => new Lz4Decompressor(),
            CompressionCodec.Zstd => new ZstdDecompressor(),
            _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No codec has this number."),
        };
    }

    /// <summary>Takes a decompressor back; the input that it was given may go.</summary>
    public static void Return(CompressionCodec codec, Decompressor decompressor)
    {
        decompressor.Finish();
        ConcurrentQueue<Decompressor> idle = Idle[(int)codec];
        if (idle.Count < MaxIdle && !decompressor.IsOversized)
            idle.Enqueue(decompressor);
        else
            decompressor.Dispose();
    }
}
