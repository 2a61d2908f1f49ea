using Orleans.Concurrency;

namespace Actors.Runtime.Serialization;

/// <summary>An <see cref="Immutable{T}"/> as an object with the member 0. A copy is the value itself.</summary>
public sealed class ImmutableCodec<T> : Codec<Immutable<T>>
{
    private readonly Codec<T> _value;

    /// <param name="value">The codec of the value.</param>
    public ImmutableCodec(Codec<T> value) => _value = value;

    /// <inheritdoc />
    public override WireType WireType => WireType.Object;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, Immutable<T> value)
    {
        writer.BeginObject();
        _value.WriteField(ref writer, 0, value.Value);
        writer.EndObject();
    }

    /// <inheritdoc />
    public override Immutable<T> Read(ref WireReader reader)
    {
        T? value = default;
        reader.BeginObject();
        while (reader.TryReadField(out var id, out var type, out _))
        {
            if (id == 0)
            {
                value = _value.ReadValue(ref reader, type);
            }
            else
            {
                reader.Skip(type);
            }
        }

        reader.EndObject();
        return new Immutable<T>(value!);
    }

    /// <inheritdoc />
    public override Immutable<T> Copy(Immutable<T> value, in CopyContext context) => value;
}
