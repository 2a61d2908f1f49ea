using System.Runtime.InteropServices;

namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="List{T}"/>.</summary>
public sealed class ListCodec<T> : SequenceCodec<List<T>, T>
{
    /// <param name="element">The codec of the elements.</param>
    public ListCodec(Codec<T> element)
        : base(element)
    {
    }

    private protected override ReadOnlySpan<T> Elements(List<T> value) => CollectionsMarshal.AsSpan(value);

    private protected override List<T> Build(T[] elements) => [.. elements];
}
