using System.Globalization;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Planning;

/// <summary>
/// Traffic as people write it, words with commas between them: <c>updates=2000/s</c>, <c>client-updates=50/s</c>, <c>in-flight=64</c>,
/// <c>breaks=5/s</c>, <c>ready</c>, or <c>none</c>.
/// </summary>
public static class TrafficWords
{
    /// <summary>What there is, for help and for mistakes.</summary>
    public const string Known = "updates=N/s, client-updates=N/s, in-flight=N, breaks=N/s, ready, none";

    private const double MostPerSecond = 1_000_000;

    /// <summary>Reads it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="mistakes">Gets a sentence for each word that is wrong.</param>
    /// <returns>Without an end; null when a word is wrong.</returns>
    public static Traffic? Parse(string text, ICollection<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(mistakes);
        var before = mistakes.Count;
        var traffic = new Traffic();
        var seen = new HashSet<string>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, value) = word.Split('=', 2) is [var left, var right] ? (left, right) : (word, null);
            if (!seen.Add(name))
                mistakes.Add($"--traffic says '{name}' twice.");
            traffic = (name, value) switch
            {
                ("updates", not null) => traffic with { AgentUpdatesPerSecond = Rate(name, value, mistakes) },
                ("client-updates", not null) => traffic with { ClientUpdatesPerSecond = Rate(name, value, mistakes) },
                ("breaks", not null) => traffic with { BreaksPerSecond = Rate(name, value, mistakes) },
                ("in-flight", not null) => traffic with { InFlight = Number(value, mistakes) },
                ("ready", null) => traffic with { AgentsGetReady = true },
                ("none", null) => traffic,
                _ => Unknown(word, traffic, mistakes),
            };
        }

        if (seen.Contains("none") && seen.Count > 1)
            mistakes.Add("--traffic says 'none' and something else.");
        if (traffic is { InFlight: > 0, AgentUpdatesPerSecond: > 0 })
            mistakes.Add("--traffic has agents send by the clock (updates) or when their last update has arrived (in-flight), not both.");
        return mistakes.Count > before ? null : traffic;
    }

    /// <summary>One process's part of traffic that several make together.</summary>
    /// <param name="traffic">All of it.</param>
    /// <param name="number">The process's number, from 0.</param>
    /// <param name="processes">How many there are.</param>
    public static Traffic PartOf(Traffic traffic, int number, int processes)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        return traffic with
        {
            AgentUpdatesPerSecond = traffic.AgentUpdatesPerSecond / processes,
            ClientUpdatesPerSecond = traffic.ClientUpdatesPerSecond / processes,
            BreaksPerSecond = traffic.BreaksPerSecond / processes,
            InFlight = (int)Part(traffic.InFlight, number, processes),
            Updates = traffic.Updates == long.MaxValue ? long.MaxValue : Part(traffic.Updates, number, processes),
        };
    }

    private static long Part(long total, int number, int processes) => (total / processes) + (number < total % processes ? 1 : 0);

    private static Traffic Unknown(string word, Traffic traffic, ICollection<string> mistakes)
    {
        mistakes.Add($"'{word}' is no --traffic; there are {Known}.");
        return traffic;
    }

    private static double Rate(string name, string value, ICollection<string> mistakes)
    {
        if (value.EndsWith("/s", StringComparison.Ordinal)
            && double.TryParse(value[..^2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= MostPerSecond)
        {
            return rate;
        }

        mistakes.Add($"'{name}={value}' is no rate; write a number above 0 and up to 1,000,000 with /s, such as {name}=100/s.");
        return 0;
    }

    private static int Number(string value, ICollection<string> mistakes)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000)
            return number;
        mistakes.Add($"'in-flight={value}' is no number of updates; write one from 1 to 1,000,000.");
        return 0;
    }
}
