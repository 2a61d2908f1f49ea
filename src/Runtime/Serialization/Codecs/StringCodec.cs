namespace Actors.Runtime.Serialization;

/// <summary>A string as UTF-8.</summary>
public sealed class StringCodec : Codec<string>
{
    internal StringCodec()
        : base("string")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, string value) => writer.WriteString(value);

    /// <inheritdoc />
    public override string Read(ref WireReader reader) => reader.ReadString();

    /// <inheritdoc />
    public override string Copy(string value, in CopyContext context) => value;
}
