namespace Actors.Runtime.Serialization;

/// <summary>A value type or null.</summary>
public sealed class NullableCodec<T> : Codec<T?>
    where T : struct
{
    private readonly Codec<T> _value;

    /// <param name="value">The codec of the value type.</param>
    public NullableCodec(Codec<T> value) => _value = value;

    /// <inheritdoc />
    public override WireType WireType => _value.WireType;

    /// <inheritdoc />
    public override bool IsImmutable => _value.IsImmutable;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T? value) => _value.Write(ref writer, value.GetValueOrDefault());

    /// <inheritdoc />
    public override T? Read(ref WireReader reader) => _value.Read(ref reader);

    /// <inheritdoc />
    public override T? Copy(T? value, in CopyContext context) => value is { } inner ? _value.Copy(inner, context) : null;
}
