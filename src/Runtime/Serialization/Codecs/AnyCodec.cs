namespace Actors.Runtime.Serialization;

/// <summary>A value of any type that has a codec with an alias: an object that begins with the alias. For the request context.</summary>
public sealed class AnyCodec : Codec<object>
{
    internal AnyCodec()
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, object value) => writer.Context.Codecs.ForValue(value).WriteMarked(ref writer, value);

    /// <inheritdoc />
    public override object Read(ref WireReader reader)
    {
        reader.BeginObject();
        if (!reader.TryReadTypeMarker(out var alias))
        {
            reader.Throw(WireProblem.UnknownType, "A value of any type has no type marker.");
        }

        if (!reader.Context.Codecs.TryGetByAlias(alias, out var codec))
        {
            reader.Throw(WireProblem.UnknownType, $"'{alias}' is not the alias of a type that this build knows.");
        }

        var value = codec.ReadBody(ref reader);
        reader.EndObject();
        return value;
    }

    /// <inheritdoc />
    public override object Copy(object value, in CopyContext context) => context.Context.Codecs.ForValue(value).CopyBoxed(value, context);
}
