namespace Actors.Runtime.Serialization;

/// <summary>Reads, writes and copies values of <typeparamref name="T"/>.</summary>
public abstract class Codec<T> : Codec
{
    /// <param name="alias">The name of the type where it differs from the declared one; null when it cannot.</param>
    protected Codec(string? alias = null)
        : base(alias)
    {
    }

    /// <inheritdoc />
    public sealed override Type ValueType => typeof(T);

    /// <summary>Writes a value that is not null, in the layout <see cref="Codec.WireType"/>.</summary>
    public abstract void Write(ref WireWriter writer, T value);

    /// <summary>Reads a value in the layout <see cref="Codec.WireType"/>.</summary>
    public abstract T Read(ref WireReader reader);

    /// <summary>A deep copy of a value that is not null; the value itself where nobody can change it.</summary>
    public abstract T Copy(T value, in CopyContext context);

    /// <summary>Writes a member: tag and value, or tag and null.</summary>
    public void WriteField(ref WireWriter writer, uint id, T? value)
    {
        if (value is null)
        {
            writer.WriteTag(id, WireType.Null);
            return;
        }

        writer.WriteTag(id, WireType);
        Write(ref writer, value);
    }

    /// <summary>Reads a value of the layout that its tag gave.</summary>
    /// <exception cref="WireFormatException">The layout is not this codec's, or null stands for a value type.</exception>
    public T? ReadValue(ref WireReader reader, WireType type)
    {
        if (type == WireType)
        {
            return Read(ref reader);
        }

        if (type != WireType.Null || default(T) is not null)
        {
            reader.Throw(WireProblem.WrongWireType, $"A {typeof(T).Name} is written as {WireType}, but {type} stands here.");
        }

        return default;
    }

    /// <summary>A deep copy of a value or null.</summary>
    public T? CopyValue(T? value, in CopyContext context) => value is null ? default : Copy(value, context);

    /// <summary>Writes an element of a sequence: layout and value, or null's.</summary>
    public void WriteElement(ref WireWriter writer, T? value)
    {
        if (value is null)
        {
            writer.WriteElementType(WireType.Null);
            return;
        }

        writer.WriteElementType(WireType);
        Write(ref writer, value);
    }

    /// <inheritdoc />
    public sealed override void WriteBoxed(ref WireWriter writer, object? value) => WriteElement(ref writer, (T?)value);

    /// <inheritdoc />
    public sealed override object? ReadBoxed(ref WireReader reader, WireType type) => ReadValue(ref reader, type);

    /// <inheritdoc />
    public sealed override object CopyBoxed(object value, in CopyContext context) => Copy((T)value, context)!;

    internal override void WriteBody(ref WireWriter writer, object value) => WriteField(ref writer, 0, (T)value);

    internal override object ReadBody(ref WireReader reader)
    {
        object? value = null;
        while (reader.TryReadField(out var id, out var type, out var moreLevels))
        {
            if (id == 0)
            {
                value = ReadValue(ref reader, type);
            }
            else
            {
                reader.Skip(type);
            }
        }

        if (value is null)
        {
            reader.Throw(WireProblem.InvalidValue, $"A {typeof(T).Name} in place of a base type has no value.");
        }

        return value;
    }
}
