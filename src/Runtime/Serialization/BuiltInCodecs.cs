using System.ComponentModel;
using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>The codecs of types that are not generated. Their aliases are part of the wire format.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BuiltInCodecs
{
    private const int KindShift = 62;

    public static readonly SignedIntegerCodec<sbyte> SByte = new("sbyte");
    public static readonly SignedIntegerCodec<short> Int16 = new("short");
    public static readonly SignedIntegerCodec<int> Int32 = new("int");
    public static readonly SignedIntegerCodec<long> Int64 = new("long");
    public static readonly UnsignedIntegerCodec<byte> Byte = new("byte");
    public static readonly UnsignedIntegerCodec<ushort> UInt16 = new("ushort");
    public static readonly UnsignedIntegerCodec<uint> UInt32 = new("uint");
    public static readonly UnsignedIntegerCodec<ulong> UInt64 = new("ulong");
    public static readonly MappedCodec<bool> Boolean = new(
        "bool", static value => value ? 1 : 0, static number => number is 0 or 1 ? number == 1 : throw new OverflowException());

    public static readonly MappedCodec<char> Char = new("char", static value => value, static number => checked((char)number));
    public static readonly SingleCodec Single = new();
    public static readonly DoubleCodec Double = new();
    public static readonly DecimalCodec Decimal = new();
    public static readonly StringCodec String = new();
    public static readonly GuidCodec Guid = new();
    public static readonly DateTimeOffsetCodec DateTimeOffset = new();
    public static readonly MappedCodec<DateTime> DateTime = new(
        "datetime",
        static value => value.Ticks | ((long)value.Kind << KindShift),
        static number => new DateTime(number & ((1L << KindShift) - 1), (DateTimeKind)(int)((ulong)number >> KindShift)));

    public static readonly MappedCodec<TimeSpan> TimeSpan = new("timespan", static value => value.Ticks, static number => new TimeSpan(number));
    public static readonly MappedCodec<DateOnly> DateOnly = new("dateonly", static value => value.DayNumber, static number => System.DateOnly.FromDayNumber(checked((int)number)));
    public static readonly MappedCodec<TimeOnly> TimeOnly = new("timeonly", static value => value.Ticks, static number => new TimeOnly(number));
    public static readonly ByteArrayCodec ByteArray = new();
    public static readonly ByteMemoryCodec ByteMemory = new();
    public static readonly ImmutableBytesCodec ImmutableBytes = new();
    public static readonly IdSpanCodec<IdSpan> IdSpan = new("idspan", static value => value, static span => span);
    public static readonly IdSpanCodec<GrainType> GrainType = new("graintype", static value => value.Value, static span => new GrainType(span));
    public static readonly IdSpanCodec<GrainInterfaceType> GrainInterfaceType = new("graininterface", static value => value.Value, static span => new GrainInterfaceType(span));
    public static readonly GrainIdCodec GrainId = new();
    public static readonly SiloAddressCodec SiloAddress = new();
    public static readonly ExceptionCodec Exception = new();
    public static readonly AnyCodec Any = new();

    /// <summary>All of the above, and the exceptions of the class library that arrive as what they were.</summary>
    internal static IReadOnlyList<Codec> All { get; } =
    [
        SByte, Int16, Int32, Int64, Byte, UInt16, UInt32, UInt64, Boolean, Char, Single, Double, Decimal, String, Guid,
        DateTimeOffset, DateTime, TimeSpan, DateOnly, TimeOnly, ByteArray, ByteMemory, ImmutableBytes,
        IdSpan, GrainType, GrainInterfaceType, GrainId, SiloAddress, Exception, Any,
        new PlainExceptionCodec<InvalidOperationException>(),
        new PlainExceptionCodec<ArgumentException>(),
        new PlainExceptionCodec<ArgumentNullException>(),
        new PlainExceptionCodec<ArgumentOutOfRangeException>(),
        new PlainExceptionCodec<TimeoutException>(),
        new PlainExceptionCodec<OperationCanceledException>(),
        new PlainExceptionCodec<TaskCanceledException>(),
        new PlainExceptionCodec<NotSupportedException>(),
        new PlainExceptionCodec<ObjectDisposedException>(),
        new PlainExceptionCodec<KeyNotFoundException>(),
        new PlainExceptionCodec<FormatException>(),
        new PlainExceptionCodec<OverflowException>(),
        new PlainExceptionCodec<InvalidDataException>(),
        new PlainExceptionCodec<IOException>(),
        new PlainExceptionCodec<UnauthorizedAccessException>(),
    ];
}
