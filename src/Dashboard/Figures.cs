using System.Globalization;

namespace Actors.Dashboard;

/// <summary>Writes figures as people read them.</summary>
public static class Figures
{
    /// <summary>A time as its two largest units: "3 d 4 h", "12 min 5 s".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{time.Days} d {time.Hours} h",
        { TotalHours: >= 1 } => $"{time.Hours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
        _ => $"{time.Seconds} s",
    };

    /// <summary>A count with thousands set apart: "1,234,567".</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count that may not be known: then a dash.</summary>
    public static string Count(long? number) => number is { } known ? Count(known) : "–";

    /// <summary>Milliseconds with two significant decimals: "0.25", "1,200".</summary>
    public static string Milliseconds(double milliseconds) => milliseconds.ToString(milliseconds < 10 ? "0.##" : "N0", CultureInfo.InvariantCulture);
}
