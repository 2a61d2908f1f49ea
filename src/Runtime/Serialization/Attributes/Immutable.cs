namespace Orleans.Concurrency;

/// <summary>A value that nobody changes after it was passed: it is not copied on calls within a silo.</summary>
[GenerateSerializer, Immutable]
public readonly struct Immutable<T>
{
    /// <summary>The value.</summary>
    [Id(0)]
    public readonly T Value;

    /// <param name="value">The value; the caller promises not to change it any more.</param>
    public Immutable(T value) => Value = value;
}
