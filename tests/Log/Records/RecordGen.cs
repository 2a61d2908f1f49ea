using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

/// <summary>Generated records and batches.</summary>
internal static class RecordGen
{
    public const int MaxDecompressedBytes = 16 * 1024 * 1024;

    public static Gen<CompressionCodec> Codec { get; } = Gen.Elements(Enum.GetValues<CompressionCodec>());

    /// <summary>Null, empty, short, or long and compressible bytes.</summary>
    public static Gen<byte[]?> Bytes { get; } = Gen.Frequency(
        (1, Gen.Constant<byte[]?>(null)),
        (1, Gen.Constant<byte[]?>([])),
        (6, Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Select(bytes => (byte[]?)bytes)),
        (1, from length in Gen.Choose(100, 200_000) from value in Gen.Choose(0, 255) select (byte[]?)Pattern(length, value)));

    public static Gen<RecordHeader> Header { get; } =
        from name in Gen.Elements("", "a", "trace-id", "größe", "键")
        from value in Bytes
        select new RecordHeader(name, value is null ? default(ReadOnlyMemory<byte>?) : value);

    public static Gen<Record> Record { get; } =
        from time in Gen.Choose(0, 100_000)
        from key in Bytes
        from value in Bytes
        from headers in Gen.Frequency((3, Gen.Constant(Array.Empty<RecordHeader>())), (1, Header.ArrayOf(3)))
        select new Record
        {
            Offset = 0,
            TimestampMs = 1_700_000_000_000 + time,
            Key = key is null ? default(ReadOnlyMemory<byte>?) : key,
            Value = value is null ? default(ReadOnlyMemory<byte>?) : value,
            Headers = headers,
        };

    public static Gen<Record[]> Records { get; } = Record.NonEmptyListOf().Select(records => records.Take(40).ToArray());

    public static byte[] Pattern(int length, int seed)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(seed + (i % 97) + (i / 5000));
        return bytes;
    }

    public static byte[] Build(IEnumerable<Record> records, RecordBatchOptions? options = null)
    {
        var builder = new RecordBatchBuilder(options);
        foreach (Record record in records)
            builder.Append(record.TimestampMs, record.Key, record.Value, record.Headers);
        return builder.Build();
    }

    /// <summary>Three records with headers, for tests that damage them.</summary>
    public static byte[] Sample(CompressionCodec codec = CompressionCodec.None)
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec });
        builder.Append(1_700_000_000_000, "k1"u8.ToArray(), "the first value"u8.ToArray(), [new RecordHeader("h", "v"u8.ToArray())]);
        builder.Append(1_700_000_000_007, null, Pattern(200, 3));
        builder.Append(1_700_000_000_003, "k3"u8.ToArray(), null, [new RecordHeader("n", null)]);
        return builder.Build();
    }

    public static bool AreEqual(Record left, Record right)
        => left.TimestampMs == right.TimestampMs && AreEqual(left.Key, right.Key) && AreEqual(left.Value, right.Value)
            && left.Headers.Count == right.Headers.Count
            && left.Headers.Zip(right.Headers).All(pair => pair.First.Key == pair.Second.Key && AreEqual(pair.First.Value, pair.Second.Value));

    public static bool AreEqual(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right)
        => left.HasValue == right.HasValue && (!left.HasValue || left.Value.Span.SequenceEqual(right!.Value.Span));
}
