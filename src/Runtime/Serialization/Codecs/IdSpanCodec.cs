using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>Identifiers as their raw bytes: <see cref="IdSpan"/>, <see cref="GrainType"/>, <see cref="GrainInterfaceType"/>.</summary>
public sealed class IdSpanCodec<T> : Codec<T>
    where T : struct
{
    private readonly Func<T, IdSpan> _toSpan;
    private readonly Func<IdSpan, T> _fromSpan;

    internal IdSpanCodec(string alias, Func<T, IdSpan> toSpan, Func<IdSpan, T> fromSpan)
        : base(alias)
    {
        _toSpan = toSpan;
        _fromSpan = fromSpan;
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T value) => writer.WriteBytes(_toSpan(value).AsSpan());

    /// <inheritdoc />
    public override T Read(ref WireReader reader)
    {
        var bytes = reader.ReadBytes();
        return bytes.Length == 0 ? default : _fromSpan(new IdSpan(bytes));
    }

    /// <inheritdoc />
    public override T Copy(T value, in CopyContext context) => value;
}
