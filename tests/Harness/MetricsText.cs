using System.Globalization;

namespace Actors.Harness;

/// <summary>Reads what <c>/metrics</c> answers.</summary>
public static class MetricsText
{
    /// <summary>The sum of a metric's samples whose label text contains <paramref name="labels"/>; null when there is none.</summary>
    public static double? Sum(string text, string name, string labels = "")
    {
        var samples = text.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Where(line => line.Contains(labels, StringComparison.Ordinal))
            .Select(line => double.Parse(ValueOf(line), CultureInfo.InvariantCulture))
            .ToList();
        return samples.Count == 0 ? null : samples.Sum();
    }

    private static string ValueOf(string line)
    {
        var end = line.LastIndexOf('}');
        return (end < 0 ? line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..] : line[(end + 1)..].Trim()).Split(' ')[0];
    }
}
