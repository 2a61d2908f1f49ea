namespace Actors.Runtime.Serialization;

/// <summary>Dictionaries as a sequence of keys and values in turn. Only the default comparer arrives; another is an error.</summary>
/// <typeparam name="TDictionary"><see cref="Dictionary{TKey, TValue}"/> or <see cref="IReadOnlyDictionary{TKey, TValue}"/>; a Dictionary is read.</typeparam>
/// <typeparam name="TKey">The keys.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class DictionaryCodec<TDictionary, TKey, TValue> : Codec<TDictionary>
    where TDictionary : class, IReadOnlyDictionary<TKey, TValue>
    where TKey : notnull
{
    private const int FirstEntries = 256;

    private readonly Codec<TKey> _key;
    private readonly Codec<TValue> _value;

    /// <param name="key">The codec of the keys.</param>
    /// <param name="value">The codec of the values.</param>
    public DictionaryCodec(Codec<TKey> key, Codec<TValue> value)
    {
        _key = key;
        _value = value;
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Sequence;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, TDictionary value)
    {
        CheckComparer(value);
        writer.BeginSequence(checked(value.Count * 2), WireType.Null);
        foreach (var (key, element) in value)
        {
            _key.WriteElement(ref writer, key);
            _value.WriteElement(ref writer, element);
        }

        writer.EndSequence();
    }

    /// <inheritdoc />
    public override TDictionary Read(ref WireReader reader)
    {
        var elements = reader.BeginSequence(out var elementType);
        if (elements % 2 != 0)
        {
            reader.Throw(WireProblem.InvalidValue, $"A dictionary has {elements} keys and values, an odd number.");
        }

        var dictionary = new Dictionary<TKey, TValue>(Math.Min(elements / 2, FirstEntries));
        for (var i = 0; i < elements; i += 2)
        {
            var key = _key.ReadValue(ref reader, elementType == WireType.Null ? reader.ReadElementType() : elementType);
            var value = _value.ReadValue(ref reader, elementType == WireType.Null ? reader.ReadElementType() : elementType);
            if (key is null || !dictionary.TryAdd(key, value!))
            {
                reader.Throw(WireProblem.InvalidValue, "A dictionary has a key that is null or there twice.");
            }
        }

        reader.EndSequence();
        return (TDictionary)(object)dictionary;
    }

    /// <inheritdoc />
    public override TDictionary Copy(TDictionary value, in CopyContext context)
    {
        CheckComparer(value);
        var within = context.Within();
        var copy = new Dictionary<TKey, TValue>(value.Count);
        foreach (var (key, element) in value)
        {
            copy.Add(_key.Copy(key, within), _value.CopyValue(element, within)!);
        }

        return (TDictionary)(object)copy;
    }

    private static void CheckComparer(TDictionary value)
    {
        if (value is Dictionary<TKey, TValue> dictionary)
        {
            DefaultComparer.Check(dictionary.Comparer);
        }
    }
}
