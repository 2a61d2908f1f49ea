namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="KeyValuePair{TKey, TValue}"/> as an object with the members 0 and 1.</summary>
public sealed class KeyValuePairCodec<TKey, TValue> : Codec<KeyValuePair<TKey, TValue>>
{
    private readonly ValueTupleCodec<TKey, TValue> _pair;

    /// <param name="key">The codec of the key.</param>
    /// <param name="value">The codec of the value.</param>
    public KeyValuePairCodec(Codec<TKey> key, Codec<TValue> value) => _pair = new ValueTupleCodec<TKey, TValue>(key, value);

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => _pair.IsImmutable;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, KeyValuePair<TKey, TValue> value) => _pair.Write(ref writer, (value.Key, value.Value));

    /// <inheritdoc />
    public override KeyValuePair<TKey, TValue> Read(ref WireReader reader) => ToPair(_pair.Read(ref reader));

    /// <inheritdoc />
    public override KeyValuePair<TKey, TValue> Copy(KeyValuePair<TKey, TValue> value, in CopyContext context) =>
        ToPair(_pair.Copy((value.Key, value.Value), context));

    private static KeyValuePair<TKey, TValue> ToPair((TKey Key, TValue Value) pair) => new(pair.Key, pair.Value);
}
