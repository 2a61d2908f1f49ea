using System.Collections;

namespace Actors.Silo.Options;

/// <summary>Variables of the environment under the names of the systems that this one succeeds. Their own names, with a section, override them.</summary>
public static class PredecessorVariables
{
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["RECONCILE_INTERVAL_SECONDS"] = "Storage:ReconcileIntervalSeconds",
    };

    /// <summary>Reads those that are set.</summary>
    /// <param name="variables">Names and values, as <see cref="Environment.GetEnvironmentVariables()"/> returns them.</param>
    public static OptionLayer Read(IDictionary variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return new(
            [.. Keys.Where(known => variables[known.Key] is string).Select(known => new OptionValue(known.Value, (string)variables[known.Key]!, new(OptionSourceKind.Environment, known.Key)))],
            []);
    }
}
