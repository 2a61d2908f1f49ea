using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Actors.Runtime.Serialization;

/// <summary>Writes the wire format into a buffer writer.</summary>
/// <remarks>
/// A value of this type belongs to one thread and is passed by reference. What was written reaches the buffer writer at
/// <see cref="Complete"/>; after an exception the buffer writer holds the beginning of a value and is to be discarded.
/// </remarks>
public ref struct WireWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _used;
    private long _committedBytes;
    private int _depth;

    /// <param name="output">Receives the bytes.</param>
    /// <param name="context">Codecs by type, and limits.</param>
    public WireWriter(IBufferWriter<byte> output, WireContext context)
    {
        _output = output;
        Context = context;
    }

    /// <summary>Codecs by type, and limits.</summary>
    public WireContext Context { get; }

    /// <summary>Bytes written so far.</summary>
    public readonly long PositionBytes => _committedBytes + _used;

    /// <summary>Hands everything to the buffer writer; writing may go on after it.</summary>
    public void Complete()
    {
        if (_used > 0)
        {
            _output.Advance(_used);
            _committedBytes += _used;
            _used = 0;
        }

        _span = default;
    }

    /// <summary>Writes the tag of a member; its value follows.</summary>
    /// <param name="id">The number of <c>[Id]</c>.</param>
    /// <param name="type">The layout of the value.</param>
    public void WriteTag(uint id, WireType type) => WriteVarint(((ulong)(id + 1) << 3) | (uint)type);

    /// <summary>Writes the layout of an element of a sequence whose elements differ.</summary>
    public void WriteElementType(WireType type) => WriteByte((byte)type);

    /// <summary>Opens an object. Every call is matched by <see cref="EndObject"/>.</summary>
    public void BeginObject() => Enter();

    /// <summary>Writes the alias of the value's type; only right after <see cref="BeginObject"/>.</summary>
    internal void WriteTypeMarker(scoped ReadOnlySpan<byte> alias)
    {
        WriteVarint(WireFormat.TypeMarkerTag);
        WriteBytes(alias);
    }

    /// <summary>Closes the members of a base class; those of the derived class follow.</summary>
    public void EndLevel() => WriteVarint(WireFormat.EndOfLevelTag);

    /// <summary>Closes an object.</summary>
    public void EndObject()
    {
        WriteVarint(WireFormat.EndTag);
        _depth--;
    }

    /// <summary>Opens a sequence. Every call is matched by <see cref="EndSequence"/>.</summary>
    /// <param name="count">Elements that follow.</param>
    /// <param name="elementType">Their layout; <see cref="WireType.Null"/> when each carries its own.</param>
    public void BeginSequence(int count, WireType elementType)
    {
        Enter();
        if (count > Context.Limits.MaxElements)
        {
            Throw(WireProblem.LengthAboveLimit, $"A sequence of {count} elements is above the limit of {Context.Limits.MaxElements}.");
        }

        WriteVarint((uint)count);
        WriteByte((byte)elementType);
    }

    /// <summary>Closes a sequence; writes nothing.</summary>
    public void EndSequence() => _depth--;

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _span[_used++] = value;
    }

    /// <summary>Writes an unsigned integer as LEB128.</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        var span = _span;
        var used = _used;
        while (value >= 0x80)
        {
            span[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[used++] = (byte)value;
        _used = used;
    }

    /// <summary>Writes a signed integer, zigzag-encoded, as LEB128.</summary>
    public void WriteSignedVarint(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes four bytes, little-endian.</summary>
    public void WriteFixed32(uint value)
    {
        Reserve(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_span[_used..], value);
        _used += sizeof(uint);
    }

    /// <summary>Writes eight bytes, little-endian.</summary>
    public void WriteFixed64(ulong value)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_span[_used..], value);
        _used += sizeof(ulong);
    }

    /// <summary>Writes a length and bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        CheckValueBytes(value.Length);
        WriteVarint((uint)value.Length);
        if (value.Length <= _span.Length - _used)
        {
            value.CopyTo(_span[_used..]);
            _used += value.Length;
            return;
        }

        Complete();
        _output.Write(value);
        _committedBytes += value.Length;
    }

    /// <summary>Writes a string as a length and UTF-8. A lone surrogate has no UTF-8 and is an error.</summary>
    public void WriteString(string value)
    {
        int bytes;
        try
        {
            bytes = Utf8.GetByteCount(value);
        }
        catch (EncoderFallbackException e)
        {
            Throw(WireProblem.InvalidValue, $"A string of {value.Length} characters has a lone surrogate at index {e.Index}; it has no UTF-8 form.");
            return;
        }

        CheckValueBytes(bytes);
        WriteVarint((uint)bytes);
        Reserve(bytes);
        _used += Utf8.GetBytes(value, _span[_used..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int bytes)
    {
        if (_span.Length - _used < bytes)
        {
            Grow(bytes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        Complete();
        _span = _output.GetSpan(Math.Max(bytes, 256));
    }

    private void Enter()
    {
        if (++_depth > Context.Limits.MaxDepth)
        {
            Throw(WireProblem.TooDeep, $"Values are nested deeper than {Context.Limits.MaxDepth}. The wire format carries trees: no value may contain itself.");
        }
    }

    private readonly void CheckValueBytes(int bytes)
    {
        if (bytes > Context.Limits.MaxValueBytes)
        {
            Throw(WireProblem.LengthAboveLimit, $"A value of {bytes} bytes is above the limit of {Context.Limits.MaxValueBytes}.");
        }
    }

    private readonly void Throw(WireProblem problem, string message) => throw new WireFormatException(problem, PositionBytes, message);
}
