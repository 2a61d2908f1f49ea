using System.Runtime.CompilerServices;

namespace Actors.Runtime.Serialization;

/// <summary>Enumerations as their number, zigzag-encoded. A number without a name passes through: a newer build may know it.</summary>
public sealed class EnumCodec<T> : Codec<T>
    where T : struct, Enum
{
    private static readonly bool Unsigned = Type.GetTypeCode(typeof(T)) is TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64;

    /// <param name="alias">The alias of the type, or null when it cannot stand for a base type.</param>
    public EnumCodec(string? alias = null)
        : base(alias)
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Varint;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T value) => writer.WriteSignedVarint(ToNumber(value));

    /// <inheritdoc />
    public override T Read(ref WireReader reader)
    {
        var number = reader.ReadSignedVarint();
        var value = FromNumber(number);
        if (ToNumber(value) != number)
        {
            reader.Throw(WireProblem.InvalidValue, $"{number} does not fit the enumeration {typeof(T).Name}.");
        }

        return value;
    }

    /// <inheritdoc />
    public override T Copy(T value, in CopyContext context) => value;

    private static long ToNumber(T value) => Unsafe.SizeOf<T>() switch
    {
        1 => Unsigned ? Unsafe.BitCast<T, byte>(value) : Unsafe.BitCast<T, sbyte>(value),
        2 => Unsigned ? Unsafe.BitCast<T, ushort>(value) : Unsafe.BitCast<T, short>(value),
        4 => Unsigned ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, int>(value),
        _ => Unsafe.BitCast<T, long>(value),
    };

    private static T FromNumber(long number) => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.BitCast<byte, T>((byte)number),
        2 => Unsafe.BitCast<ushort, T>((ushort)number),
        4 => Unsafe.BitCast<uint, T>((uint)number),
        _ => Unsafe.BitCast<long, T>(number),
    };
}
