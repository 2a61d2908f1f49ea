namespace Actors.Silo.Options;

/// <summary>Finds what somebody most likely meant who wrote a key that does not exist.</summary>
public static class Suggestion
{
    /// <summary>The known keys that are close to <paramref name="written"/>, best first; empty when none is.</summary>
    /// <param name="written">The key that does not exist.</param>
    /// <param name="known">All keys that do.</param>
    public static IReadOnlyList<string> For(string written, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(known);
        var all = known.ToArray();
        var allowed = Math.Max(2, written.Length / 5);
        var close = all
            .Select(key => (Key: key, Distance: Distance(written, key)))
            .Where(candidate => candidate.Distance <= allowed)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Key, StringComparer.Ordinal)
            .ToArray();
        if (close.Length > 0) return [close[0].Key];

        // The right name under the wrong section.
        var name = LastPart(written);
        return [.. all.Where(key => LastPart(key).Equals(name, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// How many insertions, deletions, replacements and swaps of neighbours turn one text into the other, letter case aside.
    /// </summary>
    /// <remarks>The optimal string alignment distance: no part is edited twice.</remarks>
    public static int Distance(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) distances[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) distances[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = distances[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
                var best = Math.Min(replace, 1 + Math.Min(distances[i - 1, j], distances[i, j - 1]));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                    best = Math.Min(best, distances[i - 2, j - 2] + 1);
                distances[i, j] = best;
            }
        }

        return distances[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);

    private static string LastPart(string key) => key[(key.LastIndexOf(':') + 1)..];
}
