using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="GrainId"/> as an object: 0 its type, 1 its key.</summary>
public sealed class GrainIdCodec : Codec<GrainId>
{
    internal GrainIdCodec()
        : base("grainid")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, GrainId value)
    {
        writer.BeginObject();
        BuiltInCodecs.GrainType.WriteField(ref writer, 0, value.Type);
        BuiltInCodecs.IdSpan.WriteField(ref writer, 1, value.Key);
        writer.EndObject();
    }

    /// <inheritdoc />
    public override GrainId Read(ref WireReader reader)
    {
        GrainType type = default;
        IdSpan key = default;
        reader.BeginObject();
        while (reader.TryReadField(out var id, out var wireType, out _))
        {
            switch (id)
            {
                case 0:
                    type = BuiltInCodecs.GrainType.ReadValue(ref reader, wireType);
                    break;
                case 1:
                    key = BuiltInCodecs.IdSpan.ReadValue(ref reader, wireType);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        reader.EndObject();
        return new GrainId(type, key);
    }

    /// <inheritdoc />
    public override GrainId Copy(GrainId value, in CopyContext context) => value;
}
