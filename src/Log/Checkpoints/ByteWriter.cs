using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>Writes the fields that <see cref="ByteReader"/> reads.</summary>
internal static class ByteWriter
{
    public static void WriteByte(this ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public static void WriteInt32(this ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value);
        output.Advance(sizeof(int));
    }

    public static void WriteInt64(this ArrayBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    public static void WriteBlob(this ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.WriteInt32(bytes.Length);
        output.Write(bytes);
    }
}
