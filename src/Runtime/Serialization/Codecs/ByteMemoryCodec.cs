namespace Actors.Runtime.Serialization;

/// <summary>Memory of bytes, raw. What is read owns its array.</summary>
public sealed class ByteMemoryCodec : Codec<ReadOnlyMemory<byte>>
{
    internal ByteMemoryCodec()
        : base("memory")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, ReadOnlyMemory<byte> value) => writer.WriteBytes(value.Span);

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Read(ref WireReader reader) => reader.ReadBytes();

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> value, in CopyContext context) => value.ToArray();
}
