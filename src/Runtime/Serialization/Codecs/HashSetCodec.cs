namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="HashSet{T}"/> with the default comparer of its elements; another comparer is an error, because it would be lost.</summary>
public sealed class HashSetCodec<T> : SequenceCodec<HashSet<T>, T>
{
    /// <param name="element">The codec of the elements.</param>
    public HashSetCodec(Codec<T> element)
        : base(element)
    {
    }

    private protected override ReadOnlySpan<T> Elements(HashSet<T> value)
    {
        DefaultComparer.Check(value.Comparer);
        return value.ToArray();
    }

    private protected override HashSet<T> Build(T[] elements) => [.. elements];
}
