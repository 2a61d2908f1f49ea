using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Actors.Runtime.Serialization;

/// <summary>Reads the wire format from memory. Every length is checked against what is left and against a limit before anything is allocated.</summary>
/// <remarks>A value of this type belongs to one thread and is passed by reference. The input must not change while it is read; nothing that was read refers to it.</remarks>
public ref struct WireReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _span;
    private int _index;
    private ReadOnlySequence<byte> _rest;
    private long _beforeSpanBytes;
    private readonly long _lengthBytes;
    private int _depth;

    /// <param name="input">The bytes, in one piece.</param>
    /// <param name="context">Codecs by alias, and limits.</param>
    public WireReader(ReadOnlySpan<byte> input, WireContext context)
    {
        _span = input;
        _lengthBytes = input.Length;
        Context = context;
    }

    /// <param name="input">The bytes, in any number of pieces.</param>
    /// <param name="context">Codecs by alias, and limits.</param>
    public WireReader(in ReadOnlySequence<byte> input, WireContext context)
    {
        _span = input.FirstSpan;
        _rest = input.Slice(_span.Length);
        _lengthBytes = input.Length;
        Context = context;
    }

    /// <summary>Codecs by alias, and limits.</summary>
    public WireContext Context { get; }

    /// <summary>Bytes read so far.</summary>
    public readonly long PositionBytes => _beforeSpanBytes + _index;

    /// <summary>Bytes not read yet.</summary>
    public readonly long RemainingBytes => _lengthBytes - PositionBytes;

    /// <summary>Reads the tag of the next member.</summary>
    /// <param name="id">The number of <c>[Id]</c>.</param>
    /// <param name="type">The layout of its value, which the caller reads or skips.</param>
    /// <param name="moreLevels">When the result is false: true after the members of a base class, false after the whole object.</param>
    /// <returns>False when no member follows.</returns>
    public bool TryReadField(out uint id, out WireType type, out bool moreLevels)
    {
        var tag = ReadVarint();
        type = (WireType)(tag & 7);
        var rawId = tag >> 3;
        if (type == WireType.End)
        {
            if (rawId > 1)
            {
                Throw(WireProblem.InvalidValue, $"An end tag has the raw id {rawId}.");
            }

            id = 0;
            moreLevels = rawId == 1;
            return false;
        }

        if (rawId is 0 or > WireFormat.MaxFieldId + 1)
        {
            Throw(WireProblem.InvalidValue, $"A field has the raw id {rawId}.");
        }

        id = (uint)rawId - 1;
        moreLevels = false;
        return true;
    }

    /// <summary>Opens an object. Every call is matched by <see cref="EndObject"/>.</summary>
    public void BeginObject() => Enter();

    /// <summary>Closes an object after its end tag was read.</summary>
    public void EndObject() => _depth--;

    /// <summary>Reads the alias of the value's type if it is there; only right after <see cref="BeginObject"/>.</summary>
    internal bool TryReadTypeMarker([NotNullWhen(true)] out string? alias)
    {
        if (PeekByte() != WireFormat.TypeMarkerTag)
        {
            alias = null;
            return false;
        }

        _index++;
        alias = ReadString(WireFormat.MaxAliasBytes);
        return true;
    }

    /// <summary>Opens a sequence. Every call is matched by <see cref="EndSequence"/>.</summary>
    /// <param name="elementType">The layout of the elements; <see cref="WireType.Null"/> when each carries its own.</param>
    /// <returns>The number of elements; no more than bytes are left, for every element has at least one.</returns>
    public int BeginSequence(out WireType elementType)
    {
        Enter();
        var count = ReadVarint();
        if (count > (ulong)Context.Limits.MaxElements)
        {
            Throw(WireProblem.LengthAboveLimit, $"A sequence of {count} elements is above the limit of {Context.Limits.MaxElements}.");
        }

        elementType = ReadElementType();
        if (count > (ulong)RemainingBytes)
        {
            Throw(WireProblem.LengthBeyondInput, $"A sequence claims {count} elements where {RemainingBytes} bytes are left.");
        }

        return (int)count;
    }

    /// <summary>Closes a sequence after its last element.</summary>
    public void EndSequence() => _depth--;

    /// <summary>Reads the layout of one element.</summary>
    public WireType ReadElementType()
    {
        var type = ReadByte();
        if (type >= (byte)WireType.End)
        {
            Throw(WireProblem.InvalidValue, $"{type} is not the wire type of an element.");
        }

        return (WireType)type;
    }

    /// <summary>Passes over a value of the given layout.</summary>
    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Null:
                break;
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed32:
                SkipBytes(sizeof(uint));
                break;
            case WireType.Fixed64:
                SkipBytes(sizeof(ulong));
                break;
            case WireType.Bytes:
                SkipBytes(ReadLength(Context.Limits.MaxValueBytes));
                break;
            case WireType.Object:
                SkipObject();
                break;
            case WireType.Sequence:
                SkipSequence();
                break;
            default:
                Throw(WireProblem.InvalidValue, $"{type} is not the wire type of a value.");
                break;
        }
    }

    /// <summary>Passes over members, those of derived levels too, up to the end tag of the object.</summary>
    internal void SkipLevels()
    {
        bool moreLevels;
        do
        {
            while (TryReadField(out _, out var type, out moreLevels))
            {
                Skip(type);
            }
        }
        while (moreLevels);
    }

    /// <summary>Reads one byte.</summary>
    public byte ReadByte()
    {
        var value = PeekByte();
        _index++;
        return value;
    }

    /// <summary>Reads an unsigned LEB128 integer.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        Throw(WireProblem.InvalidValue, "A varint has more than 64 bits.");
        return 0;
    }

    /// <summary>Reads a zigzag-encoded LEB128 integer.</summary>
    public long ReadSignedVarint()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads four bytes, little-endian.</summary>
    public uint ReadFixed32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        CopyTo(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads eight bytes, little-endian.</summary>
    public ulong ReadFixed64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Reads a length and that many bytes into a new array.</summary>
    public byte[] ReadBytes()
    {
        var length = ReadLength(Context.Limits.MaxValueBytes);
        if (length == 0)
        {
            return [];
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads a length, which must be that of <paramref name="destination"/>, and the bytes.</summary>
    public void ReadBytes(scoped Span<byte> destination)
    {
        var length = ReadLength(Context.Limits.MaxValueBytes);
        if (length != destination.Length)
        {
            Throw(WireProblem.InvalidValue, $"A value of {length} bytes stands where {destination.Length} belong.");
        }

        CopyTo(destination);
    }

    /// <summary>Reads a length and UTF-8.</summary>
    public string ReadString() => ReadString(Context.Limits.MaxValueBytes);

    /// <summary>Says where the input is wrong.</summary>
    [DoesNotReturn]
    public readonly void Throw(WireProblem problem, string message) => throw new WireFormatException(problem, PositionBytes, message);

    private string ReadString(int maxBytes)
    {
        var length = ReadLength(maxBytes);
        try
        {
            if (length <= _span.Length - _index)
            {
                var value = Utf8.GetString(_span.Slice(_index, length));
                _index += length;
                return value;
            }

            var rented = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                CopyTo(rented.AsSpan(0, length));
                return Utf8.GetString(rented, 0, length);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        catch (DecoderFallbackException)
        {
            Throw(WireProblem.InvalidValue, $"A string of {length} bytes is not UTF-8.");
            return null;
        }
    }

    private int ReadLength(int maxBytes)
    {
        var length = ReadVarint();
        if (length > (ulong)maxBytes)
        {
            Throw(WireProblem.LengthAboveLimit, $"A length of {length} bytes is above the limit of {maxBytes}.");
        }

        if (length > (ulong)RemainingBytes)
        {
            Throw(WireProblem.LengthBeyondInput, $"A length of {length} bytes stands where {RemainingBytes} are left.");
        }

        return (int)length;
    }

    private void SkipObject()
    {
        Enter();
        if (PeekByte() == WireFormat.TypeMarkerTag)
        {
            _index++;
            SkipBytes(ReadLength(WireFormat.MaxAliasBytes));
        }

        SkipLevels();
        _depth--;
    }

    private void SkipSequence()
    {
        var count = BeginSequence(out var elementType);
        for (var i = 0; i < count; i++)
        {
            Skip(elementType == WireType.Null ? ReadElementType() : elementType);
        }

        EndSequence();
    }

    private void Enter()
    {
        if (++_depth > Context.Limits.MaxDepth)
        {
            Throw(WireProblem.TooDeep, $"Values are nested deeper than {Context.Limits.MaxDepth}.");
        }
    }

    private byte PeekByte()
    {
        while (_index >= _span.Length)
        {
            NextSpan();
        }

        return _span[_index];
    }

    private void CopyTo(scoped Span<byte> destination)
    {
        while (true)
        {
            var part = Math.Min(destination.Length, _span.Length - _index);
            _span.Slice(_index, part).CopyTo(destination);
            _index += part;
            destination = destination[part..];
            if (destination.IsEmpty)
            {
                return;
            }

            NextSpan();
        }
    }

    private void SkipBytes(int bytes)
    {
        while (bytes > _span.Length - _index)
        {
            bytes -= _span.Length - _index;
            _index = _span.Length;
            NextSpan();
        }

        _index += bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextSpan()
    {
        if (_rest.IsEmpty)
        {
            Throw(WireProblem.Truncated, $"The input ends after {_lengthBytes} bytes, within a value.");
        }

        _beforeSpanBytes += _span.Length;
        _span = _rest.FirstSpan;
        _rest = _rest.Slice(_span.Length);
        _index = 0;
    }
}
