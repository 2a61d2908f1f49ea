namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="Guid"/> as sixteen bytes in the order of its text form.</summary>
public sealed class GuidCodec : Codec<Guid>
{
    private const int SizeBytes = 16;

    internal GuidCodec()
        : base("guid")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, Guid value)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.WriteBytes(bytes);
    }

    /// <inheritdoc />
    public override Guid Read(ref WireReader reader)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        reader.ReadBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    /// <inheritdoc />
    public override Guid Copy(Guid value, in CopyContext context) => value;
}
