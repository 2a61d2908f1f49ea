using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>Reads fields off the front of bytes, checking every length against what is left.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte() => Take(1)[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Bytes behind an int32 length.</summary>
    public ReadOnlySpan<byte> ReadBlob() => Take(ReadInt32());

    /// <summary>A count of things that take at least <paramref name="minBytes"/> each.</summary>
    public int ReadCount(int minBytes)
    {
        int count = ReadInt32();
        return count >= 0 && (long)count * minBytes <= _rest.Length
            ? count
            : throw new InvalidDataException($"A count of {count} does not fit into the {_rest.Length} bytes that are left.");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
            throw new InvalidDataException($"A field of {length} bytes does not fit into the {_rest.Length} that are left.");
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
