using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Actors.Log;

/// <summary>Random ids and salts: from a seed, or from the system.</summary>
internal sealed class Salts(int? seed)
{
    private readonly Random? _seeded = seed is { } value ? new Random(value) : null;

    public uint Next()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes);
    }

    private void Fill(Span<byte> bytes)
    {
        if (_seeded is null)
            RandomNumberGenerator.Fill(bytes);
        else
            _seeded.NextBytes(bytes);
    }
}
