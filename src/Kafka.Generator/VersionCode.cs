using System.Text;

namespace Actors.Kafka.Generator;

/// <summary>C# conditions over the variable <c>version</c>.</summary>
internal static class VersionCode
{
    /// <summary>True where <paramref name="wanted"/> holds, for versions known to be among <paramref name="known"/>.</summary>
    /// <returns>"true", "false", or the shortest comparison.</returns>
    public static string Condition(VersionRange wanted, VersionRange known)
    {
        var both = wanted.Intersect(known);
        if (both.IsEmpty)
        {
            return "false";
        }

        var fromBelow = both.Low <= known.Low;
        var toAbove = both.High >= known.High;
        return (fromBelow, toAbove) switch
        {
            (true, true) => "true",
            (false, true) => $"version >= {both.Low}",
            (true, false) => $"version <= {both.High}",
            _ => $"version is >= {both.Low} and <= {both.High}",
        };
    }

    /// <summary>Whether lengths are compact.</summary>
    public static string Flexible(MessageDefinition message, VersionRange known) =>
        Condition(new VersionRange(message.FirstFlexible, VersionRange.Open), known);

    /// <summary>The least size of an array's element as an expression over the version.</summary>
    public static string MinimalElementSize(FieldDefinition field, MessageDefinition message)
    {
        var steps = new List<(int From, int Size)>();
        for (var version = field.Versions.Low; version <= field.Versions.High; version++)
        {
            var size = FieldCode.MinimalElementSize(field, version, message.FirstFlexible);
            size = size < 1 ? 1 : size;
            if (steps.Count == 0 || steps[steps.Count - 1].Size != size)
            {
                steps.Add((version, size));
            }
        }

        var text = new StringBuilder();
        for (var i = steps.Count - 1; i > 0; i--)
        {
            text.Append("version >= ").Append(steps[i].From).Append(" ? ").Append(steps[i].Size).Append(" : ");
        }

        return text.Append(steps[0].Size).ToString();
    }
}
