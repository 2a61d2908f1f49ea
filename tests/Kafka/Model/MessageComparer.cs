using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Actors.Kafka.Tests.Model;

/// <summary>Compares messages by value, down to the last field.</summary>
internal static class MessageComparer
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    public static bool AreEqual(object? left, object? right) => Difference(left, right, "") is null;

    /// <summary>The path of the first difference, or null.</summary>
    public static string? Difference(object? left, object? right, string path)
    {
        if (left is null || right is null)
        {
            return left is null && right is null ? null : $"{path}: {left ?? "null"} and {right ?? "null"}";
        }

        if (left is ReadOnlyMemory<byte> leftBytes && right is ReadOnlyMemory<byte> rightBytes)
        {
            return leftBytes.Span.SequenceEqual(rightBytes.Span) ? null : $"{path}: bytes differ";
        }

        if (left is IList leftList && right is IList rightList)
        {
            if (leftList.Count != rightList.Count)
            {
                return $"{path}: {leftList.Count} and {rightList.Count} elements";
            }

            return Enumerable.Range(0, leftList.Count)
                .Select(i => Difference(leftList[i], rightList[i], $"{path}[{i}]"))
                .FirstOrDefault(d => d is not null);
        }

        var type = left.GetType();
        if (type.Namespace != "Actors.Kafka.Messages")
        {
            return left.Equals(right) ? null : $"{path}: {left} and {right}";
        }

        return Properties.GetOrAdd(type, t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Select(p => Difference(p.GetValue(left), p.GetValue(right), $"{path}.{p.Name}"))
            .FirstOrDefault(d => d is not null);
    }
}
