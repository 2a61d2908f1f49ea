namespace Actors.Runtime.Serialization;

/// <summary>Any exception. Its own type where that has a codec on both sides, otherwise <see cref="RemoteException"/>.</summary>
/// <remarks>Not copied on calls within a silo: an exception is not changed after it was thrown.</remarks>
public sealed class ExceptionCodec : Codec<Exception>
{
    /// <summary>Inner exceptions that are written; what is deeper is left out.</summary>
    private const int MaxInner = 8;

    internal ExceptionCodec()
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, Exception value)
    {
        if (InnerCount(value) > MaxInner || !writer.Context.Codecs.TryGet(value.GetType(), out Codec? codec))
        {
            value = RemoteException.Of(value);
            codec = writer.Context.Codecs.Get<RemoteException>();
        }

        codec.WriteMarked(ref writer, value);
    }

    /// <inheritdoc />
    public override Exception Read(ref WireReader reader)
    {
        reader.BeginObject();
        if (!reader.TryReadTypeMarker(out var alias))
        {
            reader.Throw(WireProblem.UnknownType, "An exception has no type marker.");
        }

        Exception value;
        if (reader.Context.Codecs.TryGetByAlias(alias, out var codec) && typeof(Exception).IsAssignableFrom(codec.ValueType))
        {
            value = (Exception)codec.ReadBody(ref reader);
        }
        else
        {
            var remote = RemoteException.Unknown(alias);
            value = remote;
            if (ExceptionLevel.ReadChain(ref reader, remote))
            {
                reader.SkipLevels();
            }
        }

        reader.EndObject();
        return value;
    }

    /// <inheritdoc />
    public override Exception Copy(Exception value, in CopyContext context) => value;

    private static int InnerCount(Exception value)
    {
        var count = 0;
        for (var inner = value.InnerException; inner is not null && count <= MaxInner; inner = inner.InnerException)
        {
            count++;
        }

        return count;
    }
}
