using System.Numerics;

namespace Actors.Runtime.Serialization;

/// <summary>Unsigned integers as varints. Any width reads what any other wrote, if the number fits.</summary>
public sealed class UnsignedIntegerCodec<T> : Codec<T>
    where T : struct, IBinaryInteger<T>, IUnsignedNumber<T>
{
    internal UnsignedIntegerCodec(string alias)
        : base(alias)
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Varint;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T value) => writer.WriteVarint(ulong.CreateTruncating(value));

    /// <inheritdoc />
    public override T Read(ref WireReader reader)
    {
        var number = reader.ReadVarint();
        var value = T.CreateTruncating(number);
        if (ulong.CreateTruncating(value) != number)
        {
            reader.Throw(WireProblem.InvalidValue, $"{number} does not fit a {typeof(T).Name}.");
        }

        return value;
    }

    /// <inheritdoc />
    public override T Copy(T value, in CopyContext context) => value;
}
