using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Actors.Log;

/// <summary>CRC-32C (Castagnoli), the checksum of record batches and of the log's own files.</summary>
/// <remarks>
/// The processor's CRC instruction has a latency of three cycles and starts one a cycle, so three streams run side by side.
/// Their registers are joined by a carry-less multiplication: a register R that is followed by n more bytes counts as
/// R·x^(8n) modulo the polynomial. The instruction multiplies a 64-bit operand by x^32, and the product of two reflected
/// 32-bit factors carries one x more, so the factor is x^(8n-33). Check value: "123456789" gives E3069283 (RFC 3720, appendix B.4).
/// </remarks>
public static class Crc32C
{
    /// <summary>Most 8-byte words that one stream takes before the three are joined.</summary>
    private const int MaxStreamWords = 128;

    /// <summary>At index i: x^(64·i - 33) modulo the polynomial, reflected; 0 is unused.</summary>
    private static readonly uint[] Shifts = MakeShifts();

    private static bool CanMultiply => Pclmulqdq.IsSupported || ArmAes.IsSupported;

    private static bool IsFast => (Sse42.X64.IsSupported || ArmCrc32.Arm64.IsSupported) && CanMultiply && BitConverter.IsLittleEndian;

    /// <summary>Checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Checksum of some bytes followed by <paramref name="data"/>.</summary>
    /// <param name="crc">Checksum of the bytes before: 0 for none. A random salt here makes checksums that no other salt accepts.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        uint register = ~crc;
        if (IsFast)
        {
            while (data.Length >= 6 * sizeof(ulong))
            {
                int words = Math.Min(data.Length / (3 * sizeof(ulong)), MaxStreamWords);
                register = ThreeStreams(register, ref MemoryMarshal.GetReference(data), words);
                data = data[(3 * words * sizeof(ulong))..];
            }
        }

        while (data.Length >= sizeof(ulong))
        {
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
            register = BitOperations.Crc32C(register, value);

        return ~register;
    }

    /// <summary>Register after <c>3 * words</c> little-endian words that lie at <paramref name="start"/>.</summary>
    private static uint ThreeStreams(uint register, ref byte start, int words)
    {
        nint streamBytes = words * sizeof(ulong);
        uint first = register, second = 0, third = 0;
        for (nint at = 0; at < streamBytes; at += sizeof(ulong))
        {
            ref byte word = ref Unsafe.Add(ref start, at);
            first = BitOperations.Crc32C(first, Unsafe.ReadUnaligned<ulong>(ref word));
            second = BitOperations.Crc32C(second, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref word, streamBytes)));
            third = BitOperations.Crc32C(third, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref word, 2 * streamBytes)));
        }

        ulong moved = Multiply(first, Shifts[2 * words]) ^ Multiply(second, Shifts[words]);
        return third ^ BitOperations.Crc32C(0, moved);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Multiply(uint left, uint right)
    {
        if (Pclmulqdq.IsSupported)
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)left), Vector128.CreateScalar((ulong)right), 0).ToScalar();
        return ArmAes.PolynomialMultiplyWideningLower(Vector64.CreateScalar((ulong)left), Vector64.CreateScalar((ulong)right)).ToScalar();
    }

    private static uint[] MakeShifts()
    {
        var shifts = new uint[(2 * MaxStreamWords) + 1];
        shifts[1] = 1; // x^31, reflected
        for (int i = 2; i < shifts.Length; i++)
            shifts[i] = BitOperations.Crc32C(shifts[i - 1], 0UL); // eight zero bytes: times x^64
        return shifts;
    }
}
