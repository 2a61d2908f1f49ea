using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Actors.Log;

/// <summary>Compresses and decompresses the records of a batch whole. Any thread.</summary>
/// <remarks>
/// gzip is the base library's; snappy is in this folder; zstd and lz4 are the distribution's libzstd and liblz4, loaded at first use.
/// </remarks>
public static class RecordCompression
{
    private const int SnappyChunkBytes = 32 * 1024;
    private const int XerialVersion = 1;
    private const int Lz4BlocksOf64KiB = 4;
    private const int DefaultZstdLevel = 3;

    private static ReadOnlySpan<byte> EmptyGzipMember => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>One sentence for each codec whose library is missing, saying what to install; empty when all work.</summary>
    public static IReadOnlyList<string> FindMissingLibraries()
    {
        var missing = new List<string>();
        foreach (CompressionCodec codec in (ReadOnlySpan<CompressionCodec>)[CompressionCodec.Lz4, CompressionCodec.Zstd])
        {
            try
            {
                Decompressors.Return(codec, Decompressors.Rent(codec));
            }
            catch (CodecUnavailableException e)
            {
                missing.Add(e.Message);
            }
        }

        return missing;
    }

    /// <summary>Compresses <paramref name="input"/> as Kafka's Java producer does.</summary>
    /// <param name="level">The codec's own level, or null for its default; snappy has none.</param>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public static void Compress(CompressionCodec codec, ReadOnlySpan<byte> input, IBufferWriter<byte> output, int? level = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        switch (codec)
        {
            case CompressionCodec.None:
                output.Write(input);
                break;
            case CompressionCodec.Gzip:
                CompressGzip(input, output, level);
                break;
            case CompressionCodec.Snappy:
                CompressSnappy(input, output);
                break;
            case CompressionCodec.Lz4:
                CompressLz4(input, output, level ?? 0);
                break;
            case CompressionCodec.Zstd:
                CompressZstd(input, output, level ?? DefaultZstdLevel);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec), codec, "No codec has this number.");
        }
    }

    /// <summary>Decompresses <paramref name="input"/> into <paramref name="output"/>.</summary>
    /// <param name="maxOutputBytes">Most bytes that may come out; what the input claims is not trusted.</param>
    /// <param name="output">Gets what came out; when the answer is not None, that is a part.</param>
    /// <returns>None; InvalidRecord for damaged input; TooLarge; UnsupportedCodec for an unknown number.</returns>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public static unsafe BatchError Decompress(CompressionCodec codec, ReadOnlySpan<byte> input, int maxOutputBytes, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (codec is < CompressionCodec.None or > CompressionCodec.Zstd)
            return BatchError.UnsupportedCodec;
        if (codec == CompressionCodec.None)
        {
            if (input.Length > maxOutputBytes)
                return BatchError.TooLarge;
            output.Write(input);
            return BatchError.None;
        }

        Decompressor decompressor = Decompressors.Rent(codec);
        try
        {
            fixed (byte* start = input)
            {
                decompressor.Start(start, input.Length, maxOutputBytes);
                DecompressionStatus status;
                while ((status = decompressor.Read(output.GetSpan(), out int written)) == DecompressionStatus.More)
                    output.Advance(written);
                return ToError(status);
            }
        }
        finally
        {
            Decompressors.Return(codec, decompressor);
        }
    }

    /// <summary>What a status other than More means for the batch.</summary>
    internal static BatchError ToError(DecompressionStatus status) => status switch
    {
        DecompressionStatus.End => BatchError.None,
        DecompressionStatus.TooLarge => BatchError.TooLarge,
        _ => BatchError.InvalidRecord,
    };

    private static unsafe void CompressGzip(ReadOnlySpan<byte> input, IBufferWriter<byte> output, int? level)
    {
        using var target = new MemoryStream();
        using (var gzip = level is null
            ? new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)
            : new GZipStream(target, new ZLibCompressionOptions { CompressionLevel = level.Value }, leaveOpen: true))
        {
            gzip.Write(input);
        }

        // The stream writes nothing at all for no input; a reader needs the empty member.
        output.Write(target.Length == 0 ? EmptyGzipMember : target.GetBuffer().AsSpan(0, (int)target.Length));
    }

    private static void CompressSnappy(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        Span<byte> header = output.GetSpan(SnappyDecompressor.XerialHeaderBytes);
        SnappyDecompressor.XerialMagic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[8..], XerialVersion);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], XerialVersion);
        output.Advance(SnappyDecompressor.XerialHeaderBytes);
        while (!input.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = input[..Math.Min(input.Length, SnappyChunkBytes)];
            Span<byte> target = output.GetSpan(sizeof(int) + SnappyBlock.MaxCompressedBytes(chunk.Length));
            int written = SnappyBlock.Compress(chunk, target[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(target, written);
            output.Advance(sizeof(int) + written);
            input = input[chunk.Length..];
        }
    }

    private static unsafe void CompressLz4(ReadOnlySpan<byte> input, IBufferWriter<byte> output, int level)
    {
        // Kafka's Java reader refuses blocks that refer to the block before.
        var preferences = new Lz4Native.Preferences { BlockSizeId = Lz4BlocksOf64KiB, BlockMode = 1, CompressionLevel = level };
        try
        {
            nuint bound = Lz4Native.CompressFrameBound((nuint)input.Length, preferences);
            Span<byte> target = output.GetSpan(checked((int)bound));
            fixed (byte* source = input)
            fixed (byte* start = target)
            {
                nuint written = Lz4Native.CompressFrame(start, (nuint)target.Length, source, (nuint)input.Length, preferences);
                if (Lz4Native.IsError(written) != 0)
                    throw new InvalidOperationException($"liblz4 could not compress {input.Length} bytes.");
                output.Advance((int)written);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CodecUnavailableException(CompressionCodec.Lz4, Lz4Native.Library, Lz4Native.Package, e);
        }
    }

    private static unsafe void CompressZstd(ReadOnlySpan<byte> input, IBufferWriter<byte> output, int level)
    {
        try
        {
            nuint bound = ZstdNative.CompressBound((nuint)input.Length);
            Span<byte> target = output.GetSpan(checked((int)bound));
            fixed (byte* source = input)
            fixed (byte* start = target)
            {
                nuint written = ZstdNative.Compress(start, (nuint)target.Length, source, (nuint)input.Length, level);
                if (ZstdNative.IsError(written) != 0)
                    throw new InvalidOperationException($"libzstd could not compress {input.Length} bytes at level {level}.");
                output.Advance((int)written);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CodecUnavailableException(CompressionCodec.Zstd, ZstdNative.Library, ZstdNative.Package, e);
        }
    }
}
