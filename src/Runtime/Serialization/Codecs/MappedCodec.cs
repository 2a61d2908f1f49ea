namespace Actors.Runtime.Serialization;

/// <summary>Values that are one 64-bit number, as zigzag varints: characters, booleans, times.</summary>
public sealed class MappedCodec<T> : Codec<T>
    where T : struct
{
    private readonly Func<T, long> _toNumber;
    private readonly Func<long, T> _fromNumber;

    internal MappedCodec(string alias, Func<T, long> toNumber, Func<long, T> fromNumber)
        : base(alias)
    {
        _toNumber = toNumber;
        _fromNumber = fromNumber;
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Varint;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, T value) => writer.WriteSignedVarint(_toNumber(value));

    /// <inheritdoc />
    public override T Read(ref WireReader reader)
    {
        var number = reader.ReadSignedVarint();
        try
        {
            return _fromNumber(number);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            reader.Throw(WireProblem.InvalidValue, $"{number} is no {typeof(T).Name}.");
            return default;
        }
    }

    /// <inheritdoc />
    public override T Copy(T value, in CopyContext context) => value;
}
