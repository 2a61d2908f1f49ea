namespace Actors.Runtime.Serialization;

/// <summary>Refuses comparers that would not arrive.</summary>
internal static class DefaultComparer
{
    public static void Check<T>(IEqualityComparer<T> comparer)
    {
        if (!ReferenceEquals(comparer, EqualityComparer<T>.Default) && !ReferenceEquals(comparer, StringComparer.Ordinal))
        {
            throw new WireFormatException(
                WireProblem.InvalidValue,
                0,
                $"A collection of {typeof(T).Name} has the comparer {comparer.GetType().Name}, which the wire format does not carry. Use the default comparer in messages.");
        }
    }
}
