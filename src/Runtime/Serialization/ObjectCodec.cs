namespace Actors.Runtime.Serialization;

/// <summary>The base of generated codecs: members by number, levels of inheritance, and derived types by their alias.</summary>
/// <remarks>
/// A generated codec reads and writes the members of its type; this class adds the frame around them. The value may be of a
/// derived type, which is then written and read by that type's codec.
/// </remarks>
public abstract class ObjectCodec<T> : Codec<T>
    where T : notnull
{
    private readonly bool _immutable;

    /// <param name="alias">The first alias of the type, or its full name.</param>
    /// <param name="immutable">The type is <c>[Immutable]</c>.</param>
    protected ObjectCodec(string alias, bool immutable)
        : base(alias) => _immutable = immutable;

    /// <inheritdoc />
    public sealed override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public sealed override bool IsImmutable => _immutable;

    /// <inheritdoc />
    public sealed override void Write(ref WireWriter writer, T value)
    {
        if (!typeof(T).IsValueType && value.GetType() != typeof(T))
        {
            writer.Context.Codecs.ForValue(value).WriteMarked(ref writer, value);
            return;
        }

        writer.BeginObject();
        WriteMembers(ref writer, value);
        writer.EndObject();
    }

    /// <inheritdoc />
    public sealed override T Read(ref WireReader reader)
    {
        reader.BeginObject();
        T value;
        if (reader.TryReadTypeMarker(out var alias))
        {
            if (!reader.Context.Codecs.TryGetByAlias(alias, out var codec) || !typeof(T).IsAssignableFrom(codec.ValueType))
            {
                reader.Throw(WireProblem.UnknownType, $"'{alias}' is not the alias of a {typeof(T).Name} that this build knows.");
            }

            value = (T)codec.ReadBody(ref reader);
        }
        else
        {
            value = ReadNew(ref reader);
        }

        reader.EndObject();
        return value;
    }

    /// <inheritdoc />
    public sealed override T Copy(T value, in CopyContext context)
    {
        if (_immutable)
        {
            return value;
        }

        if (!typeof(T).IsValueType && value.GetType() != typeof(T))
        {
            return (T)context.Context.Codecs.ForValue(value).CopyBoxed(value, context);
        }

        var copy = Create();
        CopyMembers(value, ref copy, context.Within());
        return copy;
    }

    /// <summary>A new value whose members have their defaults; null for an abstract class.</summary>
    protected abstract T Create();

    /// <summary>Writes all members, base class first.</summary>
    protected abstract void WriteMembers(ref WireWriter writer, T value);

    /// <summary>Reads members up to the end tag; those that are not there stay as they are.</summary>
    /// <returns>True when the input has members of a further derived level, which this type lacks.</returns>
    protected abstract bool ReadMembers(ref WireReader reader, ref T value);

    /// <summary>Copies all members.</summary>
    protected abstract void CopyMembers(T from, ref T to, in CopyContext context);

    internal sealed override void WriteBody(ref WireWriter writer, object value) => WriteMembers(ref writer, (T)value);

    internal sealed override object ReadBody(ref WireReader reader) => ReadNew(ref reader);

    private T ReadNew(ref WireReader reader)
    {
        var value = Create();
        if (value is null)
        {
            reader.Throw(WireProblem.UnknownType, $"A {typeof(T).Name} is abstract, and the input does not name the type of the value.");
        }

        if (ReadMembers(ref reader, ref value))
        {
            reader.Throw(WireProblem.InvalidValue, $"The input has members of a type derived from {typeof(T).Name} without its alias.");
        }

        return value;
    }
}
