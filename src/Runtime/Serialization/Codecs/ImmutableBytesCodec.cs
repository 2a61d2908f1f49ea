using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Actors.Runtime.Serialization;

/// <summary>An immutable array of bytes, raw. A default one is read as empty.</summary>
public sealed class ImmutableBytesCodec : Codec<ImmutableArray<byte>>
{
    internal ImmutableBytesCodec()
        : base("immutablebytes")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, ImmutableArray<byte> value) => writer.WriteBytes(value.AsSpan());

    /// <inheritdoc />
    public override ImmutableArray<byte> Read(ref WireReader reader) => ImmutableCollectionsMarshal.AsImmutableArray(reader.ReadBytes());

    /// <inheritdoc />
    public override ImmutableArray<byte> Copy(ImmutableArray<byte> value, in CopyContext context) => value;
}
