namespace Actors.Runtime.Serialization;

/// <summary>A tuple of two as an object with the members 0 to 1.</summary>
public sealed class ValueTupleCodec<T1, T2> : Codec<(T1, T2)>
{
    private readonly Codec<T1> _item1;
    private readonly Codec<T2> _item2;

    /// <param name="item1">The codec of item 1.</param>
    /// <param name="item2">The codec of item 2.</param>
    public ValueTupleCodec(Codec<T1> item1, Codec<T2> item2)
    {
        _item1 = item1;
        _item2 = item2;
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => _item1.IsImmutable && _item2.IsImmutable;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, (T1, T2) value)
    {
        writer.BeginObject();
        _item1.WriteField(ref writer, 0, value.Item1);
        _item2.WriteField(ref writer, 1, value.Item2);
        writer.EndObject();
    }

    /// <inheritdoc />
    public override (T1, T2) Read(ref WireReader reader)
    {
        (T1, T2) value = default;
        reader.BeginObject();
        while (reader.TryReadField(out var id, out var type, out _))
        {
            switch (id)
            {
                case 0:
                    value.Item1 = _item1.ReadValue(ref reader, type)!;
                    break;
                case 1:
                    value.Item2 = _item2.ReadValue(ref reader, type)!;
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        reader.EndObject();
        return value;
    }

    /// <inheritdoc />
    public override (T1, T2) Copy((T1, T2) value, in CopyContext context)
    {
        if (IsImmutable)
        {
            return value;
        }

        var within = context.Within();
        return (_item1.CopyValue(value.Item1, within)!, _item2.CopyValue(value.Item2, within)!);
    }
}
