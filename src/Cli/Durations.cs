using System.CommandLine.Parsing;
using System.Globalization;

namespace Actors.Cli;

/// <summary>Lengths of time as users type and read them.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads <c>10</c>, <c>10s</c>, <c>500ms</c>, <c>2m</c> or <c>1h</c>; a number without a unit is seconds.</summary>
    /// <returns>False for anything else, for 0 and for less.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (unit, factor) = Array.Find(Units, known => text.EndsWith(known.Unit, StringComparison.Ordinal));
        var number = unit is null ? text : text[..^unit.Length];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        var seconds = value * (unit is null ? 1 : factor);
        if (seconds is <= 0 or > 31_536_000)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Reads an option's value and tells the parser when it is none.</summary>
    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (!TryParse(text, out var duration))
        {
            result.AddError($"'{text}' is no duration; write seconds, or a number with ms, s, m or h, such as 30s.");
        }

        return duration;
    }

    /// <summary>The two largest units: <c>3h 12m</c>.</summary>
    public static string Describe(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 1 } => $"{(int)duration.TotalDays}d {duration.Hours}h",
        { TotalHours: >= 1 } => $"{duration.Hours}h {duration.Minutes}m",
        { TotalMinutes: >= 1 } => $"{duration.Minutes}m {duration.Seconds}s",
        _ => $"{duration.Seconds}s",
    };
}
