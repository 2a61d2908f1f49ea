namespace Actors.Runtime.Serialization;

/// <summary><see cref="IReadOnlyList{T}"/> and <see cref="IReadOnlyCollection{T}"/>; an array is read.</summary>
public sealed class ReadOnlyListCodec<TList, T> : SequenceCodec<TList, T>
    where TList : class, IReadOnlyCollection<T>
{
    /// <param name="element">The codec of the elements.</param>
    public ReadOnlyListCodec(Codec<T> element)
        : base(element)
    {
    }

    private protected override ReadOnlySpan<T> Elements(TList value) => value as T[] ?? value.ToArray();

    private protected override TList Build(T[] elements) => (TList)(object)elements;
}
