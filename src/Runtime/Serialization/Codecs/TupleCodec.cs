namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="Tuple{T1, T2}"/> as an object with the members 0 and 1.</summary>
public sealed class TupleCodec<T1, T2> : Codec<Tuple<T1, T2>>
{
    private readonly ValueTupleCodec<T1, T2> _pair;

    /// <param name="item1">The codec of item 1.</param>
    /// <param name="item2">The codec of item 2.</param>
    public TupleCodec(Codec<T1> item1, Codec<T2> item2) => _pair = new ValueTupleCodec<T1, T2>(item1, item2);

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => _pair.IsImmutable;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, Tuple<T1, T2> value) => _pair.Write(ref writer, value.ToValueTuple());

    /// <inheritdoc />
    public override Tuple<T1, T2> Read(ref WireReader reader) => _pair.Read(ref reader).ToTuple();

    /// <inheritdoc />
    public override Tuple<T1, T2> Copy(Tuple<T1, T2> value, in CopyContext context) =>
        IsImmutable ? value : _pair.Copy(value.ToValueTuple(), context).ToTuple();
}
