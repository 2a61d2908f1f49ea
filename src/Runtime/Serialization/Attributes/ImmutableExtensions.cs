namespace Orleans.Concurrency;

/// <summary>Marks values as immutable in passing.</summary>
public static class ImmutableExtensions
{
    /// <summary>Wraps a value that nobody changes any more.</summary>
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
