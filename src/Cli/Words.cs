using System.Globalization;

namespace Actors.Cli;

/// <summary>Small pieces of sentences.</summary>
internal static class Words
{
    /// <summary>A number and what is counted: <c>1 partition</c>, <c>1,024 partitions</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The word for one of them; its plural ends in s.</param>
    public static string Count(long number, string one) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");
}
