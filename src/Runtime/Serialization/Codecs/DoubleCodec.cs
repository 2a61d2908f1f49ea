namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="double"/> as its eight bytes.</summary>
public sealed class DoubleCodec : Codec<double>
{
    internal DoubleCodec()
        : base("double")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Fixed64;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, double value) => writer.WriteFixed64(BitConverter.DoubleToUInt64Bits(value));

    /// <inheritdoc />
    public override double Read(ref WireReader reader) => BitConverter.UInt64BitsToDouble(reader.ReadFixed64());

    /// <inheritdoc />
    public override double Copy(double value, in CopyContext context) => value;
}
