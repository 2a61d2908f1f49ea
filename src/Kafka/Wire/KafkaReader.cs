using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Actors.Kafka;

/// <summary>Reads the protocol's types from one contiguous frame.</summary>
/// <remarks>
/// <para>
/// Malformed input is an expected answer, so nothing here throws: the first problem is kept in <see cref="Failure"/>, every
/// later read returns 0, "" or nothing, and loops over arrays end. Whoever reads a message looks at
/// <see cref="HasFailed"/> once, at its end, and throws the message away when it is true.
/// </para>
/// <para>
/// Every length is held against what is left of the frame, and every array count also against the smallest size of its
/// elements and against a limit for the whole message, before anything is allocated. Bytes and records are slices of the
/// frame: they live as long as the frame's memory does.
/// </para>
/// <para>Source: Kafka protocol guide, "Protocol Primitive Types"; KIP-482 for compact types and tagged fields.</para>
/// </remarks>
public ref struct KafkaReader
{
    /// <summary>How many elements all arrays of a message may have together when nothing else is said.</summary>
    public const int DefaultMaxElements = 1 << 20;

    /// <summary>The longest string, in bytes of UTF-8.</summary>
    public const int MaxStringBytes = short.MaxValue;

    private readonly ReadOnlyMemory<byte> _frame;
    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;
    private int _end;
    private int _elementsLeft;
    private int _failurePosition;
    private Malformation _failure;

    /// <summary>A reader at the start of <paramref name="frame"/>.</summary>
    /// <param name="frame">The bytes to read. What is read keeps slices of it.</param>
    /// <param name="maxElements">How many elements all arrays together may have.</param>
    public KafkaReader(ReadOnlyMemory<byte> frame, int maxElements = DefaultMaxElements)
    {
        _frame = frame;
        _bytes = frame.Span;
        _end = frame.Length;
        _elementsLeft = maxElements;
    }

    /// <summary>Bytes from the start of the frame to the next read.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes that are left; 0 after a failure.</summary>
    public readonly int Remaining => _end - _position;

    /// <summary>Whether something was malformed. What was read until then is not to be used.</summary>
    public readonly bool HasFailed => _failure != Malformation.None;

    /// <summary>The first problem, or <see cref="Malformation.None"/>.</summary>
    public readonly Malformation Failure => _failure;

    /// <summary>Where the first problem was noticed: bytes from the start of the frame.</summary>
    public readonly int FailurePosition => _failurePosition;

    /// <summary>Turns a failure into an exception.</summary>
    /// <param name="messageName">What was read, for the exception's text.</param>
    /// <exception cref="MalformedMessageException">The reader has failed.</exception>
    public readonly void ThrowIfFailed(string messageName)
    {
        if (HasFailed)
        {
            throw new MalformedMessageException(messageName, _failure, _failurePosition);
        }
    }

    /// <summary>Reads one byte; every value but 0 is true, as in Kafka.</summary>
    public bool ReadBoolean() => TryTake(1, out var start) && _bytes[start] != 0;

    public sbyte ReadInt8() => TryTake(1, out var start) ? (sbyte)_bytes[start] : (sbyte)0;

    public short ReadInt16() => TryTake(2, out var start) ? BinaryPrimitives.ReadInt16BigEndian(_bytes[start..]) : (short)0;

    public ushort ReadUInt16() => TryTake(2, out var start) ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[start..]) : (ushort)0;

    public int ReadInt32() => TryTake(4, out var start) ? BinaryPrimitives.ReadInt32BigEndian(_bytes[start..]) : 0;

    public uint ReadUInt32() => TryTake(4, out var start) ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[start..]) : 0;

    public long ReadInt64() => TryTake(8, out var start) ? BinaryPrimitives.ReadInt64BigEndian(_bytes[start..]) : 0;

    public double ReadFloat64() => TryTake(8, out var start) ? BinaryPrimitives.ReadDoubleBigEndian(_bytes[start..]) : 0;

    /// <summary>Reads 16 bytes, most significant first.</summary>
    public Guid ReadUuid() => TryTake(16, out var start) ? new Guid(_bytes.Slice(start, 16), bigEndian: true) : Guid.Empty;

    /// <summary>Reads up to 5 bytes of 7 bits each, least significant first.</summary>
    public uint ReadUnsignedVarint()
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (!TryTake(1, out var start))
            {
                return 0;
            }

            uint next = _bytes[start];
            if (shift == 28 && next > 0x0f)
            {
                Fail(Malformation.InvalidVarint);
                return 0;
            }

            value |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }

    /// <summary>Reads a string that cannot be null.</summary>
    /// <param name="compact">Whether the length is a varint (flexible versions) or an int16.</param>
    public string ReadString(bool compact) => Text(ReadStringLength(compact, nullable: false)) ?? "";

    /// <summary>Reads a string or null.</summary>
    /// <inheritdoc cref="ReadString" path="/param"/>
    public string? ReadNullableString(bool compact) => Text(ReadStringLength(compact, nullable: true));

    /// <summary>Reads a string without decoding it: a slice of the frame, which is known to be UTF-8.</summary>
    /// <param name="compact">Whether the length is a varint (flexible versions) or an int16.</param>
    /// <param name="nullable">Whether null is allowed.</param>
    /// <param name="isNull">Whether it is null; the result is empty then.</param>
    public ReadOnlyMemory<byte> ReadUtf8(bool compact, bool nullable, out bool isNull)
    {
        var length = ReadStringLength(compact, nullable);
        isNull = length < 0;
        return !isNull && TryTakeUtf8(length, out var start) ? _frame.Slice(start, length) : default;
    }

    /// <summary>Reads bytes or records that cannot be null: a slice of the frame.</summary>
    /// <param name="compact">Whether the length is a varint (flexible versions) or an int32.</param>
    public ReadOnlyMemory<byte> ReadBytes(bool compact)
    {
        var length = ReadLength(compact, nullable: false);
        return TryTake(length, out var start) ? _frame.Slice(start, length) : default;
    }

    /// <summary>Reads bytes, records or null: a slice of the frame.</summary>
    /// <inheritdoc cref="ReadBytes" path="/param"/>
    public ReadOnlyMemory<byte>? ReadNullableBytes(bool compact)
    {
        var length = ReadLength(compact, nullable: true);
        if (length < 0)
        {
            return null;
        }

        return TryTake(length, out var start) ? _frame.Slice(start, length) : default(ReadOnlyMemory<byte>);
    }

    /// <summary>Reads the marker in front of a struct that may be null.</summary>
    public bool ReadPresence() => ReadInt8() >= 0 && !HasFailed;

    /// <summary>Reads how many elements follow, and holds the number against what is left.</summary>
    /// <param name="compact">Whether it is a varint (flexible versions) or an int32.</param>
    /// <param name="nullable">Whether null is allowed.</param>
    /// <param name="minimalElementSize">The bytes that an element takes at least; 1 or more.</param>
    /// <returns>The count, or -1 for null.</returns>
    public int ReadArrayCount(bool compact, bool nullable, int minimalElementSize)
    {
        var count = ReadLength(compact, nullable);
        if (count <= 0)
        {
            return count;
        }

        if (count > Remaining / minimalElementSize)
        {
            Fail(Malformation.Truncated);
            return 0;
        }

        if (count > _elementsLeft)
        {
            Fail(Malformation.TooManyElements);
            return 0;
        }

        _elementsLeft -= count;
        return count;
    }

    /// <summary>Reads how many tagged fields follow.</summary>
    public uint ReadTagCount()
    {
        var count = ReadUnsignedVarint();
        if (count > (uint)Remaining / 2)
        {
            Fail(Malformation.Truncated);
            return 0;
        }

        return count;
    }

    /// <summary>Reads a tagged field's tag and size; until it is ended, nothing behind its value can be read.</summary>
    /// <param name="enclosingEnd">To be handed to <see cref="EndTaggedField"/> or <see cref="SkipTaggedField"/>.</param>
    /// <returns>The tag.</returns>
    public uint BeginTaggedField(out int enclosingEnd)
    {
        enclosingEnd = _end;
        var tag = ReadUnsignedVarint();
        var size = ReadUnsignedVarint();
        if (size > (uint)Remaining)
        {
            Fail(Malformation.Truncated);
            return tag;
        }

        if (!HasFailed)
        {
            _end = _position + (int)size;
        }

        return tag;
    }

    /// <summary>Ends a tagged field whose value was read. It must have been read completely.</summary>
    public void EndTaggedField(int enclosingEnd)
    {
        if (_position != _end)
        {
            Fail(Malformation.TagSizeMismatch);
        }

        if (!HasFailed)
        {
            _end = enclosingEnd;
        }
    }

    /// <summary>Passes over a tagged field that is not known.</summary>
    public void SkipTaggedField(int enclosingEnd)
    {
        if (!HasFailed)
        {
            _position = _end;
            _end = enclosingEnd;
        }
    }

    /// <summary>Passes over all tagged fields of a struct that knows none.</summary>
    public void SkipTaggedFields()
    {
        for (var tags = ReadTagCount(); tags > 0 && !HasFailed; tags--)
        {
            BeginTaggedField(out var enclosingEnd);
            SkipTaggedField(enclosingEnd);
        }
    }

    private int ReadStringLength(bool compact, bool nullable)
    {
        int length;
        if (compact)
        {
            length = ReadLength(compact: true, nullable);
        }
        else
        {
            length = ReadInt16();
            if (length < 0 && !IsAllowedNull(length, nullable))
            {
                return 0;
            }
        }

        if (length > MaxStringBytes)
        {
            Fail(Malformation.StringTooLong);
            return 0;
        }

        return length;
    }

    private int ReadLength(bool compact, bool nullable)
    {
        int length;
        if (compact)
        {
            var lengthPlusOne = ReadUnsignedVarint();
            if (lengthPlusOne > int.MaxValue)
            {
                Fail(Malformation.InvalidLength);
                return 0;
            }

            length = (int)lengthPlusOne - 1;
        }
        else
        {
            length = ReadInt32();
        }

        return length >= 0 || IsAllowedNull(length, nullable) ? length : 0;
    }

    private bool IsAllowedNull(int length, bool nullable)
    {
        if (HasFailed)
        {
            return false;
        }

        if (length == -1 && nullable)
        {
            return true;
        }

        Fail(length == -1 ? Malformation.NullNotAllowed : Malformation.InvalidLength);
        return false;
    }

    private string? Text(int length)
    {
        if (length < 0)
        {
            return null;
        }

        return TryTakeUtf8(length, out var start) ? Encoding.UTF8.GetString(_bytes.Slice(start, length)) : "";
    }

    private bool TryTakeUtf8(int length, out int start)
    {
        if (!TryTake(length, out start))
        {
            return false;
        }

        if (!Utf8.IsValid(_bytes.Slice(start, length)))
        {
            Fail(Malformation.InvalidUtf8);
            return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(int count, out int start)
    {
        start = _position;
        if ((uint)count <= (uint)(_end - _position))
        {
            _position = start + count;
            return true;
        }

        Fail(Malformation.Truncated);
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fail(Malformation malformation)
    {
        if (_failure == Malformation.None)
        {
            _failure = malformation;
            _failurePosition = _position;
        }

        _end = _position;
    }
}
