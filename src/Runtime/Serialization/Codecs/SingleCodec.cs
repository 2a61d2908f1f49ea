namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="float"/> as its four bytes.</summary>
public sealed class SingleCodec : Codec<float>
{
    internal SingleCodec()
        : base("float")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Fixed32;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, float value) => writer.WriteFixed32(BitConverter.SingleToUInt32Bits(value));

    /// <inheritdoc />
    public override float Read(ref WireReader reader) => BitConverter.UInt32BitsToSingle(reader.ReadFixed32());

    /// <inheritdoc />
    public override float Copy(float value, in CopyContext context) => value;
}
