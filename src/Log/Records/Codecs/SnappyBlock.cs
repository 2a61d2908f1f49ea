using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Actors.Log;

/// <summary>Snappy's raw format: a length, then literals and copies from what has come out so far.</summary>
/// <remarks>Source: format_description.txt of google/snappy. Every index is checked; damaged input is an answer, not a fault.</remarks>
internal static class SnappyBlock
{
    /// <summary>Input is compressed in pieces of this size, so that a copy's distance fits 16 bits.</summary>
    private const int FragmentBytes = 1 << 16;

    private const int HashBits = 14;

    /// <summary>The last bytes of a fragment are always a literal, so that reading four bytes ahead stays inside.</summary>
    private const int MarginBytes = 15;

    private const int MaxLengthBytes = 5;

    /// <summary>Largest expansion: a copy of 64 bytes takes three bytes of input.</summary>
    private const int MaxExpansion = 22;

    /// <summary>Most bytes that <paramref name="length"/> bytes compress to.</summary>
    public static int MaxCompressedBytes(int length) => 32 + length + (length / 6);

    /// <summary>Reads the length that the block claims to decompress to.</summary>
    /// <returns>False when the claim is malformed, or more than any block of this size can hold.</returns>
    public static bool TryReadLength(ReadOnlySpan<byte> block, out int length, out int prefixBytes)
    {
        ulong value = 0;
        length = prefixBytes = 0;
        for (int shift = 0; prefixBytes < block.Length && prefixBytes < MaxLengthBytes; shift += 7)
        {
            byte next = block[prefixBytes++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                length = value <= int.MaxValue ? (int)value : 0;
                return value <= int.MaxValue && value <= (ulong)(block.Length - prefixBytes) * MaxExpansion;
            }
        }

        return false;
    }

    /// <summary>Decompresses the elements of a block, after its length, into exactly <paramref name="output"/>.</summary>
    /// <returns>False when the elements are cut, reach before the start, or make another length than that of the output.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> elements, Span<byte> output)
    {
        int at = 0, written = 0;
        while (at < elements.Length)
        {
            byte tag = elements[at++];
            int length, distance = 0;
            if ((tag & 3) == 0)
            {
                length = (tag >> 2) + 1;
                int extra = length - 60;
                if (extra > 0)
                {
                    if (elements.Length - at < extra)
                        return false;
                    uint value = 0;
                    for (int i = 0; i < extra; i++)
                        value |= (uint)elements[at + i] << (8 * i);
                    at += extra;
                    if (value >= int.MaxValue)
                        return false;
                    length = (int)value + 1;
                }

                if (elements.Length - at < length || output.Length - written < length)
                    return false;
                elements.Slice(at, length).CopyTo(output[written..]);
                at += length;
                written += length;
                continue;
            }

            int offsetBytes = (tag & 3) == 3 ? 4 : tag & 3;
            if (elements.Length - at < offsetBytes)
                return false;
            if (offsetBytes == 1)
            {
                length = 4 + ((tag >> 2) & 7);
                distance = ((tag >> 5) << 8) | elements[at];
            }
            else
            {
                length = 1 + (tag >> 2);
                uint wide = offsetBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(elements[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(elements[at..]);
                distance = (int)Math.Min(wide, int.MaxValue);
            }

            at += offsetBytes;
            if (distance == 0 || distance > written || output.Length - written < length)
                return false;
            CopyWithin(output, written, distance, length);
            written += length;
        }

        return written == output.Length;
    }

    /// <summary>Compresses <paramref name="input"/> with its length in front.</summary>
    /// <param name="output">At least <see cref="MaxCompressedBytes"/> long.</param>
    /// <returns>Bytes written.</returns>
    public static int Compress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        uint length = (uint)input.Length;
        while (length >= 0x80)
        {
            output[written++] = (byte)(length | 0x80);
            length >>= 7;
        }

        output[written++] = (byte)length;
        Span<ushort> table = stackalloc ushort[1 << HashBits];
        while (!input.IsEmpty)
        {
            int take = Math.Min(input.Length, FragmentBytes);
            written += CompressFragment(input[..take], output[written..], table);
            input = input[take..];
        }

        return written;
    }

    private static int CompressFragment(ReadOnlySpan<byte> input, Span<byte> output, Span<ushort> table)
    {
        table.Clear();
        int written = 0, literalStart = 0, at = 1, misses = 0;
        while (at < input.Length - MarginBytes)
        {
            uint word = ReadWord(input, at);
            ref ushort slot = ref table[(int)((word * 0x1E35A7BDu) >> (32 - HashBits))];
            int candidate = slot;
            slot = (ushort)at;
            if (candidate >= at || ReadWord(input, candidate) != word)
            {
                at += 1 + (misses++ >> 5); // the longer nothing matches, the larger the steps
                continue;
            }

            misses = 0;
            int length = 4 + input[(at + 4)..].CommonPrefixLength(input[(candidate + 4)..]);
            written += WriteLiteral(input[literalStart..at], output[written..]);
            written += WriteCopy(at - candidate, length, output[written..]);
            at += length;
            literalStart = at;
        }

        return written + WriteLiteral(input[literalStart..], output[written..]);
    }

    private static int WriteLiteral(ReadOnlySpan<byte> literal, Span<byte> output)
    {
        if (literal.IsEmpty)
            return 0;
        uint last = (uint)literal.Length - 1;
        int extra = last < 60 ? 0 : (BitOperations.Log2(last) / 8) + 1;
        output[0] = (byte)((extra == 0 ? last : 59 + (uint)extra) << 2);
        for (int i = 0; i < extra; i++)
            output[1 + i] = (byte)(last >> (8 * i));
        literal.CopyTo(output[(1 + extra)..]);
        return 1 + extra + literal.Length;
    }

    private static int WriteCopy(int distance, int length, Span<byte> output)
    {
        int written = 0;
        while (length > 0)
        {
            int part = length <= 64 ? length : Math.Min(length - 4, 64); // never leaves less than a copy can hold
            output[written] = (byte)(((part - 1) << 2) | 2);
            BinaryPrimitives.WriteUInt16LittleEndian(output[(written + 1)..], (ushort)distance);
            written += 3;
            length -= part;
        }

        return written;
    }

    private static void CopyWithin(Span<byte> output, int written, int distance, int length)
    {
        ReadOnlySpan<byte> source = output.Slice(written - distance, Math.Min(distance, length));
        Span<byte> target = output.Slice(written, length);
        if (distance >= length)
        {
            source.CopyTo(target);
            return;
        }

        // Overlapping: the copy repeats its first bytes, doubling what is there.
        source.CopyTo(target);
        for (int filled = distance; filled < length; filled *= 2)
            target[..Math.Min(filled, length - filled)].CopyTo(target[filled..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadWord(ReadOnlySpan<byte> input, int at)
        => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(input), (uint)at));
}
