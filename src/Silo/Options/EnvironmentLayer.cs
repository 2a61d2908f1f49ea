using System.Collections;

namespace Actors.Silo.Options;

/// <summary>Reads options from environment variables: <c>Silo__NodeId=2</c> is the option <c>Silo:NodeId</c>.</summary>
/// <remarks>
/// A process inherits variables that have nothing to do with it. A variable counts when what stands before its first
/// double underscore is a section of the options, or so close to one that it is most likely a slip.
/// </remarks>
public static class EnvironmentLayer
{
    private const string Separator = "__";
    private const int ShortestGuessedName = 4;

    /// <summary>Reads the variables that concern the options.</summary>
    /// <param name="variables">Names and values, as <see cref="Environment.GetEnvironmentVariables()"/> returns them.</param>
    /// <param name="sections">The known first parts of option paths.</param>
    public static OptionLayer Read(IDictionary variables, IReadOnlyCollection<string> sections)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(sections);
        List<OptionValue> values = [];
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            var separator = name.IndexOf(Separator, StringComparison.Ordinal);
            if (separator <= 0 || !Concerns(name[..separator], sections)) continue;
            var key = name.Replace(Separator, ":", StringComparison.Ordinal);
            values.Add(new(key, (string?)variable.Value ?? "", new(OptionSourceKind.Environment, name)));
        }

        values.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return new(values, []);
    }

    private static bool Concerns(string first, IReadOnlyCollection<string> sections)
    {
        foreach (var section in sections)
        {
            if (first.Equals(section, StringComparison.OrdinalIgnoreCase)) return true;
            if (first.Length >= ShortestGuessedName && Suggestion.Distance(first, section) <= 1) return true;
        }

        return false;
    }
}
