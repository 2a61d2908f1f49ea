namespace Actors.Runtime.Serialization;

/// <summary>The base of codecs of lists, arrays and sets.</summary>
public abstract class SequenceCodec<TSequence, T> : Codec<TSequence>
    where TSequence : notnull
{
    /// <summary>Elements for which room is made before the first is read; more only as they arrive.</summary>
    private const int FirstElements = 256;

    private readonly Codec<T> _element;

    private protected SequenceCodec(Codec<T> element) => _element = element;

    /// <inheritdoc />
    public sealed override WireType WireType => WireType.Sequence;

    /// <summary>True when all elements can only have one layout, which is then written once.</summary>
    private static bool Packed => default(T) is not null;

    /// <inheritdoc />
    public sealed override void Write(ref WireWriter writer, TSequence value)
    {
        var elements = Elements(value);
        writer.BeginSequence(elements.Length, Packed ? _element.WireType : WireType.Null);
        foreach (var element in elements)
        {
            if (Packed)
            {
                _element.Write(ref writer, element);
            }
            else
            {
                _element.WriteElement(ref writer, element);
            }
        }

        writer.EndSequence();
    }

    /// <inheritdoc />
    public sealed override TSequence Read(ref WireReader reader)
    {
        var count = reader.BeginSequence(out var elementType);
        var elements = count == 0 ? [] : new T[Math.Min(count, FirstElements)];
        for (var i = 0; i < count; i++)
        {
            if (i == elements.Length)
            {
                Array.Resize(ref elements, (int)Math.Min(count, elements.Length * 2L));
            }

            elements[i] = _element.ReadValue(ref reader, elementType == WireType.Null ? reader.ReadElementType() : elementType)!;
        }

        reader.EndSequence();
        return Build(elements);
    }

    /// <inheritdoc />
    public sealed override TSequence Copy(TSequence value, in CopyContext context)
    {
        if (IsImmutable)
        {
            return value;
        }

        var elements = Elements(value).ToArray();
        if (!_element.IsImmutable)
        {
            var within = context.Within();
            for (var i = 0; i < elements.Length; i++)
            {
                elements[i] = _element.CopyValue(elements[i], within)!;
            }
        }

        return Build(elements);
    }

    /// <summary>True when a copy of an element is the element itself.</summary>
    private protected bool HasImmutableElements => _element.IsImmutable;

    /// <summary>The elements, in order.</summary>
    private protected abstract ReadOnlySpan<T> Elements(TSequence value);

    /// <summary>Makes the collection of elements that nobody else holds.</summary>
    private protected abstract TSequence Build(T[] elements);
}
