namespace Actors.Runtime.Serialization;

/// <summary>A tuple of three as an object with the members 0 to 2.</summary>
public sealed class ValueTupleCodec<T1, T2, T3> : Codec<(T1, T2, T3)>
{
    private readonly Codec<T1> _item1;
    private readonly Codec<T2> _item2;
    private readonly Codec<T3> _item3;

    /// <param name="item1">The codec of item 1.</param>
    /// <param name="item2">The codec of item 2.</param>
    /// <param name="item3">The codec of item 3.</param>
    public ValueTupleCodec(Codec<T1> item1, Codec<T2> item2, Codec<T3> item3)
    {
        _item1 = item1;
        _item2 = item2;
        _item3 = item3;
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => _item1.IsImmutable && _item2.IsImmutable && _item3.IsImmutable;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, (T1, T2, T3) value)
    {
        writer.BeginObject();
        _item1.WriteField(ref writer, 0, value.Item1);
        _item2.WriteField(ref writer, 1, value.Item2);
        _item3.WriteField(ref writer, 2, value.Item3);
        writer.EndObject();
    }

    /// <inheritdoc />
    public override (T1, T2, T3) Read(ref WireReader reader)
    {
        (T1, T2, T3) value = default;
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
                case 2:
                    value.Item3 = _item3.ReadValue(ref reader, type)!;
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
    public override (T1, T2, T3) Copy((T1, T2, T3) value, in CopyContext context)
    {
        if (IsImmutable)
        {
            return value;
        }

        var within = context.Within();
        return (_item1.CopyValue(value.Item1, within)!, _item2.CopyValue(value.Item2, within)!, _item3.CopyValue(value.Item3, within)!);
    }
}
