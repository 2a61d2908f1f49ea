using System.CommandLine;
using System.Globalization;

namespace Actors.Cli.Storage;

/// <summary>Sizes as people write them: <c>64MiB</c>, <c>1.5 GiB</c>, or a number of bytes.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Reads a size.</summary>
    /// <returns>False when it is none, or no whole number of bytes from 1 on.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        var trimmed = text.Trim();
        var digits = trimmed.TrimEnd([.. "KMGTPiBkmgtpb"]).TrimEnd();
        var unit = trimmed[digits.Length..].Trim();
        var power = unit.Length == 0 ? 0 : Array.FindIndex(Units, known => known.Equals(unit, StringComparison.OrdinalIgnoreCase));
        bytes = 0;
        if (power < 0 || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue) return false;
        try
        {
            for (; power > 0; power--) number *= 1_024;
            if (number < 1 || number > long.MaxValue || number != decimal.Truncate(number)) return false;
        }
        catch (OverflowException)
        {
            return false;
        }

        bytes = (long)number;
        return true;
    }

    /// <summary>An option that is a size.</summary>
    public static Option<long> Option(string name, string description, bool isRequired) => new(name)
    {
        Description = description,
        HelpName = "size",
        Required = isRequired,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (!TryParse(text, out var bytes)) result.AddError($"'{text}' is no {name}; write a number of bytes, or one with KiB, MiB, GiB or TiB, such as 64MiB.");
            return bytes;
        },
    };
}
