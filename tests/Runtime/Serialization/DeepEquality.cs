using System.Collections;
using System.Runtime.CompilerServices;
using Orleans;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Compares values member by member, and says where they differ.</summary>
internal static class DeepEquality
{
    /// <summary>Null when the values are equal, otherwise the path to the first difference.</summary>
    public static string? Difference(object? left, object? right, string path = "value")
    {
        if (left is null || right is null)
        {
            return ReferenceEquals(left, right) ? null : $"{path}: {left ?? "null"} against {right ?? "null"}";
        }

        if (left is IReadOnlyList<object> or Array || left.GetType() == right.GetType())
        {
            return SameType(left, right, path);
        }

        return $"{path}: {left.GetType()} against {right.GetType()}";
    }

    private static string? SameType(object left, object right, string path)
    {
        var type = left.GetType();
        switch (left)
        {
            case ReadOnlyMemory<byte> memory:
                return memory.Span.SequenceEqual(((ReadOnlyMemory<byte>)right).Span) ? null : $"{path}: other bytes";
            case ITuple tuple:
                return FirstDifference(Enumerable.Range(0, tuple.Length).Select(i => Difference(tuple[i], ((ITuple)right)[i], $"{path}.Item{i + 1}")));
            case IDictionary dictionary:
                var other = (IDictionary)right;
                return dictionary.Count != other.Count
                    ? $"{path}: {dictionary.Count} entries against {other.Count}"
                    : FirstDifference(dictionary.Keys.Cast<object>().Select(key =>
                        other.Contains(key) ? Difference(dictionary[key], other[key], $"{path}[{key}]") : $"{path}: {key} is missing"));
            case string:
                return left.Equals(right) ? null : $"{path}: '{left}' against '{right}'";
            case IEnumerable sequence:
                var lefts = Items(sequence);
                var rights = Items((IEnumerable)right);
                return lefts.Count != rights.Count
                    ? $"{path}: {lefts.Count} elements against {rights.Count}"
                    : FirstDifference(lefts.Select((item, i) => Difference(item, rights[i], $"{path}[{i}]")));
            case Exception exception when exception.Message != ((Exception)right).Message:
                return $"{path}.Message: '{exception.Message}' against '{((Exception)right).Message}'";
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            return FirstDifference(type.GetProperties().Select(property => Difference(property.GetValue(left), property.GetValue(right), $"{path}.{property.Name}")));
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsEnum)
        {
            return FirstDifference(WireMember.Of(type).Select(member => Difference(member.Get(left), member.Get(right), $"{path}.{member.Name}")));
        }

        return left is Exception || left.Equals(right) ? null : $"{path}: {left} against {right}";
    }

    private static string? FirstDifference(IEnumerable<string?> differences) => differences.FirstOrDefault(static difference => difference is not null);

    /// <summary>The elements; a default immutable array has none.</summary>
    private static List<object?> Items(IEnumerable sequence)
    {
        try
        {
            return [.. sequence.Cast<object?>()];
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }
}
