using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Actors.Kafka;

/// <summary>Writes the protocol's types to an <see cref="IBufferWriter{T}"/>.</summary>
/// <remarks>
/// It fills the output's own memory and announces it in <see cref="Flush"/>, which whoever made the writer calls at the end;
/// until then the output must not be used otherwise. Bytes and records are copied once, into the output.
/// </remarks>
/// <param name="output">Where the bytes go.</param>
public ref struct KafkaWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free;
    private int _used;
    private long _flushed;

    /// <summary>Bytes written so far.</summary>
    public readonly long Written => _flushed + _used;

    /// <summary>Announces what was written to the output. The writer can go on afterwards.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            _output.Advance(_used);
            _flushed += _used;
            _used = 0;
        }

        _free = default;
    }

    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(2), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Take(8), value);

    /// <summary>Writes 16 bytes, most significant first.</summary>
    public void WriteUuid(Guid value)
    {
        var written = value.TryWriteBytes(Take(16), bigEndian: true, out var count);
        Debug.Assert(written && count == 16, "A uuid has 16 bytes.");
    }

    /// <summary>Writes 7 bits a byte, least significant first.</summary>
    public void WriteUnsignedVarint(uint value)
    {
        var bytes = Take(KafkaSize.UnsignedVarint(value));
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            bytes[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[^1] = (byte)value;
    }

    /// <summary>Writes a string with its length.</summary>
    /// <param name="value">The string; a lone surrogate becomes U+FFFD.</param>
    /// <param name="compact">Whether the length is a varint (flexible versions) or an int16.</param>
    /// <exception cref="MessageEncodingException">The string has more than 32,767 bytes.</exception>
    public void WriteString(string value, bool compact)
    {
        var byteCount = Encoding.UTF8.GetByteCount(value);
        WriteStringLength(byteCount, compact);
        Encoding.UTF8.GetBytes(value, Take(byteCount));
    }

    /// <summary>Writes a string with its length, or null.</summary>
    /// <inheritdoc cref="WriteString"/>
    public void WriteNullableString(string? value, bool compact)
    {
        if (value is not null)
        {
            WriteString(value, compact);
        }
        else if (compact)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    /// <summary>Writes a string that is UTF-8 already, with its length.</summary>
    /// <exception cref="MessageEncodingException">It has more than 32,767 bytes.</exception>
    public void WriteUtf8(ReadOnlySpan<byte> value, bool compact)
    {
        WriteStringLength(value.Length, compact);
        WriteRaw(value);
    }

    /// <summary>Writes bytes with their length.</summary>
    /// <param name="value">The bytes; copied before this returns.</param>
    /// <param name="compact">Whether the length is a varint (flexible versions) or an int32.</param>
    public void WriteBytes(ReadOnlyMemory<byte> value, bool compact)
    {
        WriteBytesLength(value.Length, compact);
        WriteRaw(value.Span);
    }

    /// <summary>Writes bytes with their length, or null.</summary>
    /// <inheritdoc cref="WriteBytes"/>
    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        if (value is { } bytes)
        {
            WriteBytes(bytes, compact);
        }
        else
        {
            WriteBytesLength(-1, compact);
        }
    }

    /// <summary>Writes the length in front of bytes or records that follow otherwise; -1 for null.</summary>
    public void WriteBytesLength(int byteCount, bool compact) => WriteArrayCount(byteCount, compact);

    /// <summary>Writes the count in front of an array; -1 for null.</summary>
    public void WriteArrayCount(int count, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)(count + 1));
        }
        else
        {
            WriteInt32(count);
        }
    }

    /// <summary>Writes a tagged field's tag and the size of the value that follows.</summary>
    public void WriteTagHeader(uint tag, long valueSize)
    {
        WriteUnsignedVarint(tag);
        WriteUnsignedVarint((uint)valueSize);
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _free.Length - _used)
        {
            bytes.CopyTo(_free[_used..]);
            _used += bytes.Length;
            return;
        }

        Flush();
        _output.Write(bytes);
        _flushed += bytes.Length;
    }

    private void WriteStringLength(int byteCount, bool compact)
    {
        if (byteCount > KafkaReader.MaxStringBytes)
        {
            MessageEncodingException.ThrowTooLong("string", "", -1);
        }

        if (compact)
        {
            WriteUnsignedVarint((uint)byteCount + 1);
        }
        else
        {
            WriteInt16((short)byteCount);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int count)
    {
        if (_free.Length - _used < count)
        {
            Renew(count);
        }

        var taken = _free.Slice(_used, count);
        _used += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Renew(int count)
    {
        Flush();
        _free = _output.GetSpan(count);
    }
}
