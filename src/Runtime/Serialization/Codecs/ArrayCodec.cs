namespace Actors.Runtime.Serialization;

/// <summary>A one-dimensional array.</summary>
public sealed class ArrayCodec<T> : SequenceCodec<T[], T>
{
    /// <param name="element">The codec of the elements.</param>
    public ArrayCodec(Codec<T> element)
        : base(element)
    {
    }

    private protected override ReadOnlySpan<T> Elements(T[] value) => value;

    private protected override T[] Build(T[] elements) => elements;
}
