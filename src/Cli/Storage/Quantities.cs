using System.Globalization;

namespace Actors.Cli.Storage;

/// <summary>Sizes, rates and times as people read them.</summary>
internal static class Quantities
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A size: <c>1.5 GiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1_024 && unit < Units.Length - 1; unit++)
            bytes /= 1_024;
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? bytes : Math.Round(bytes, 1)):0.#} {Units[unit]}");
    }

    /// <summary>A rate: <c>200 MiB/s</c>.</summary>
    public static string Rate(long bytesPerSecond) => $"{Bytes(bytesPerSecond)}/s";

    /// <summary>How long something takes that was computed.</summary>
    public static string Time(double seconds) => seconds switch
    {
        >= 31_536_000 => "for ever",
        < 1 => "less than 1s",
        _ => Durations.Describe(TimeSpan.FromSeconds(seconds)),
    };

    /// <summary>Operations per second.</summary>
    public static string Iops(double? iops) => iops is { } known ? known.ToString("0.#", CultureInfo.InvariantCulture) : "unknown";
}
