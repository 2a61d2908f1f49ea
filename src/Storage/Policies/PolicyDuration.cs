using System.Globalization;
using System.Text;

namespace Actors.Storage.Policies;

/// <summary>Times as policies write them: <c>1h30m</c>, <c>7d</c>, <c>90</c>.</summary>
/// <remarks>Numbers with d, h, m or s in any letter case, added up; a bare number is seconds. Nothing, zero, another unit and more than ten years are mistakes.</remarks>
public static class PolicyDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_650);

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        long seconds = 0, number = 0;
        var digits = 0;
        foreach (var letter in text)
        {
            if (char.IsAsciiDigit(letter))
            {
                if (++digits > 12) return false;
                number = number * 10 + (letter - '0');
                continue;
            }

            long unit = char.ToLowerInvariant(letter) switch { 'd' => 86_400, 'h' => 3_600, 'm' => 60, 's' => 1, _ => 0 };
            if (unit == 0 || digits == 0) return false;
            seconds += number * unit;
            if (seconds > Longest.TotalSeconds) return false;
            (number, digits) = (0, 0);
        }

        if (digits > 0 && seconds > 0) return false; // 1h30: of what?
        seconds += number;
        if (seconds <= 0 || seconds > Longest.TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes whole seconds so that <see cref="TryParse"/> reads the same.</summary>
    public static string Format(TimeSpan duration)
    {
        var text = new StringBuilder();
        var days = duration.Days > 1 ? duration.Days : 0; // people say 24h, and 7d
        Add(days, 'd');
        Add((int)(duration - TimeSpan.FromDays(days)).TotalHours, 'h');
        Add(duration.Minutes, 'm');
        Add(duration.Seconds, 's');
        return text.ToString();

        void Add(int number, char unit)
        {
            if (number > 0) text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
        }
    }

    /// <summary>How long a migration took, as its history shows it: <c>500ms</c>, <c>30.0s</c>, <c>2.5m</c>, <c>2.0h</c>.</summary>
    public static string Describe(TimeSpan duration) => duration switch
    {
        _ when duration < TimeSpan.FromSeconds(1) => FormattableString.Invariant($"{duration.TotalMilliseconds:0}ms"),
        _ when duration < TimeSpan.FromMinutes(1) => FormattableString.Invariant($"{duration.TotalSeconds:0.0}s"),
        _ when duration < TimeSpan.FromHours(1) => FormattableString.Invariant($"{duration.TotalMinutes:0.0}m"),
        _ => FormattableString.Invariant($"{duration.TotalHours:0.0}h"),
    };
}
