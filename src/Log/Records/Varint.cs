using System.Runtime.CompilerServices;

namespace Actors.Log;

/// <summary>Zig-zag integers of variable length, as the records of a batch have them (protocol buffers' sint32 and sint64).</summary>
internal static class Varint
{
    /// <summary>Most bytes of a 64-bit value.</summary>
    public const int MaxBytes = 10;


    /// <summary>Reads a 64-bit value at <paramref name="at"/> and moves past it.</summary>
    /// <returns>False when it is cut, or longer than a value can be.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(scoped ReadOnlySpan<byte> bytes, scoped ref int at, out long value)
    {
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            uint first = bytes[at++];
            value = (long)(first >> 1) ^ -(long)(first & 1);
            return true;
        }

        return TryReadLongSlow(bytes, ref at, out value);
    }

    /// <summary>Reads a 32-bit value at <paramref name="at"/> and moves past it.</summary>
    /// <returns>False when it is cut, or does not fit 32 bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt(scoped ReadOnlySpan<byte> bytes, scoped ref int at, out int value)
    {
        bool read = TryReadLong(bytes, ref at, out long wide);
        value = (int)wide;
        return read && value == wide;
    }

    /// <summary>Bytes that <see cref="Write"/> takes for <paramref name="value"/>.</summary>
    public static int Size(long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        int size = 1;
        while ((rest >>= 7) != 0)
            size++;
        return size;
    }

    /// <summary>Writes a value; a 32-bit one looks the same as a 64-bit one.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> bytes, long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        int at = 0;
        while (rest >= 0x80)
        {
            bytes[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        bytes[at++] = (byte)rest;
        return at;
    }

    private static bool TryReadLongSlow(scoped ReadOnlySpan<byte> bytes, scoped ref int at, out long value)
    {
        ulong rest = 0;
        for (int shift = 0; shift < 64 && (uint)at < (uint)bytes.Length; shift += 7)
        {
            byte next = bytes[at++];
            if (shift == 63 && next > 1)
                break; // does not fit 64 bits
            rest |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = (long)(rest >> 1) ^ -(long)(rest & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}
