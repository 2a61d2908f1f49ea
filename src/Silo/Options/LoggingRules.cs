using Microsoft.Extensions.Logging.Console;

namespace Actors.Silo.Options;

/// <summary>Checks the section <c>Logging</c>, which .NET's own components read, for values that they would refuse late.</summary>
public static class LoggingRules
{
    /// <summary>The section's name.</summary>
    public const string Section = "Logging";

    /// <summary>Short form of choosing the JSON formatter.</summary>
    public const string JsonKey = "Logging:Json";

    private const string FormatterKey = "Logging:Console:FormatterName";

    private static readonly string[] Formatters =
        [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd];

    /// <summary>The mistakes among some values; values of other sections are passed over.</summary>
    public static IEnumerable<OptionMistake> Check(IEnumerable<OptionValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            if (Allowed(value) is { } allowed) yield return new(value.Key, value.Text, value.Source, $"must be {allowed}");
        }
    }

    private static string? Allowed(OptionValue value)
    {
        if (Is(value, JsonKey)) return bool.TryParse(value.Text, out _) ? null : "true or false";
        if (Is(value, FormatterKey)) return Formatters.Contains(value.Text) ? null : $"one of {string.Join(", ", Formatters)}";
        var parts = value.Key.Split(':');
        var isLevel = parts.Length >= 3 && parts[0].Equals(Section, StringComparison.OrdinalIgnoreCase)
            && parts[^2].Equals("LogLevel", StringComparison.OrdinalIgnoreCase);
        return !isLevel || (Enum.TryParse<LogLevel>(value.Text, ignoreCase: true, out _) && !int.TryParse(value.Text, out _))
            ? null
            : $"one of {string.Join(", ", Enum.GetNames<LogLevel>())}";
    }

    private static bool Is(OptionValue value, string key) => value.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
