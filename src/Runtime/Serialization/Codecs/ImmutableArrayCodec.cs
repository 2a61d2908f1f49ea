using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Actors.Runtime.Serialization;

/// <summary>An <see cref="ImmutableArray{T}"/>. A default one is read as empty.</summary>
public sealed class ImmutableArrayCodec<T> : SequenceCodec<ImmutableArray<T>, T>
{
    /// <param name="element">The codec of the elements.</param>
    public ImmutableArrayCodec(Codec<T> element)
        : base(element)
    {
    }

    /// <inheritdoc />
    public override bool IsImmutable => HasImmutableElements;

    private protected override ReadOnlySpan<T> Elements(ImmutableArray<T> value) => value.AsSpan();

    private protected override ImmutableArray<T> Build(T[] elements) => ImmutableCollectionsMarshal.AsImmutableArray(elements);
}
