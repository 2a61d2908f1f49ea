using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Orleans;

/// <summary>A 32-bit hash that is the same in every process and on every machine (xxHash32, seed 0).</summary>
/// <remarks>Placement depends on it: two silos that run different builds must agree on a grain's home.</remarks>
public static class StableHash
{
    private const uint Prime1 = 2654435761u;
    private const uint Prime2 = 2246822519u;
    private const uint Prime3 = 3266489917u;
    private const uint Prime4 = 668265263u;
    private const uint Prime5 = 374761393u;

    /// <summary>Hashes the UTF-8 form of <paramref name="data"/>.</summary>
    public static uint ComputeHash(string data) => ComputeHash(Encoding.UTF8.GetBytes(data));

    /// <summary>Hashes <paramref name="data"/>. Source: the xxHash specification, 32-bit variant.</summary>
    public static uint ComputeHash(ReadOnlySpan<byte> data)
    {
        uint length = (uint)data.Length;
        uint hash;
        if (data.Length >= 16)
        {
            uint a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0u - Prime1);
            while (data.Length >= 16)
            {
                a = Round(a, BinaryPrimitives.ReadUInt32LittleEndian(data));
                b = Round(b, BinaryPrimitives.ReadUInt32LittleEndian(data[4..]));
                c = Round(c, BinaryPrimitives.ReadUInt32LittleEndian(data[8..]));
                d = Round(d, BinaryPrimitives.ReadUInt32LittleEndian(data[12..]));
                data = data[16..];
            }

            hash = unchecked(BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18));
        }
        else
        {
            hash = Prime5;
        }

        hash = unchecked(hash + length);
        while (data.Length >= 4)
        {
            hash = unchecked(BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime3), 17) * Prime4);
            data = data[4..];
        }

        foreach (byte value in data)
        {
            hash = unchecked(BitOperations.RotateLeft(hash + (value * Prime5), 11) * Prime1);
        }

        hash = unchecked((hash ^ (hash >> 15)) * Prime2);
        hash = unchecked((hash ^ (hash >> 13)) * Prime3);
        return hash ^ (hash >> 16);
    }

    private static uint Round(uint accumulator, uint input) => unchecked(BitOperations.RotateLeft(accumulator + (input * Prime2), 13) * Prime1);
}
