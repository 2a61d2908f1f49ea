namespace Actors.Runtime.Serialization;

/// <summary>An array of bytes, raw.</summary>
public sealed class ByteArrayCodec : Codec<byte[]>
{
    internal ByteArrayCodec()
        : base("bytes")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, byte[] value) => writer.WriteBytes(value);

    /// <inheritdoc />
    public override byte[] Read(ref WireReader reader) => reader.ReadBytes();

    /// <inheritdoc />
    public override byte[] Copy(byte[] value, in CopyContext context) => value.AsSpan().ToArray();
}
