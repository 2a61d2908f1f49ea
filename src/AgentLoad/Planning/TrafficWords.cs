using System.Globalization;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Planning;

/// <summary>
/// Traffic as people write it, words with commas between them: <c>updates=2000/s</c>, <c>client-updates=50/s</c>, <c>in-flight=64</c>,
/// <c>breaks=5/s</c>, <c>storm=10s</c>, <c>ready</c>, or <c>none</c>.
/// </summary>
public static class TrafficWords
{
    /// <summary>What there is, for help and for mistakes.</summary>
    public const string Known = "updates=N/s, client-updates=N/s, in-flight=N, breaks=N/s, storm=Ns, ready, none";

    private const double MostPerSecond = 1_000_000;

    /// <summary>Reads it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="mistakes">Gets a sentence for each word that is wrong.</param>
    /// <returns>Null when a word is wrong.</returns>
    public static TrafficWish? Parse(string text, ICollection<string> mistakes)
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
                ("storm", not null) => traffic with { StormAfter = Seconds(value, mistakes) },
                ("in-flight", not null) => traffic with { InFlight = Number(value, mistakes) },
                ("ready" or "none", null) => traffic,
                _ => Unknown(word, traffic, mistakes),
            };
        }

        if (seen.Contains("none") && seen.Count > 1)
            mistakes.Add("--traffic says 'none' and something else.");
        if (traffic is { InFlight: > 0, AgentUpdatesPerSecond: > 0 })
            mistakes.Add("--traffic has agents send by the clock (updates) or when their last update has arrived (in-flight), not both.");
        return mistakes.Count > before ? null : new TrafficWish(traffic, seen.Contains("ready"));
    }

    /// <summary>Whether somebody sends updates that somebody else is told of.</summary>
    /// <param name="traffic">What is to be sent.</param>
    /// <param name="clients">How many clients there are; without one there is no tunnel.</param>
    public static bool HasSender(Traffic traffic, int clients)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        return clients > 0 && (traffic.InFlight > 0 || traffic.AgentUpdatesPerSecond > 0 || traffic.ClientUpdatesPerSecond > 0);
    }

    /// <summary>The parts of traffic that several processes make together: updates are for those that can send some.</summary>
    /// <param name="traffic">All of it.</param>
    /// <param name="clients">The clients of each process.</param>
    public static IReadOnlyList<Traffic> PartsOf(Traffic traffic, IReadOnlyList<int> clients)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(clients);
        var senders = Enumerable.Range(0, clients.Count).Where(process => clients[process] > 0).ToList();
        if (traffic is { InFlight: > 0, ClientUpdatesPerSecond: 0 } && traffic.InFlight < senders.Count)
            senders.RemoveRange(traffic.InFlight, senders.Count - traffic.InFlight);
        return [.. Enumerable.Range(0, clients.Count).Select(process => PartOf(traffic, senders.IndexOf(process), senders.Count, clients.Count))];
    }

    /// <param name="traffic">All of it.</param>
    /// <param name="number">Which of those that send it is; -1 for none.</param>
    /// <param name="senders">How many send.</param>
    /// <param name="processes">How many there are.</param>
    private static Traffic PartOf(Traffic traffic, int number, int senders, int processes) => traffic with
    {
        AgentUpdatesPerSecond = number < 0 ? 0 : traffic.AgentUpdatesPerSecond / senders,
        ClientUpdatesPerSecond = number < 0 ? 0 : traffic.ClientUpdatesPerSecond / senders,
        BreaksPerSecond = traffic.BreaksPerSecond / processes,
        InFlight = number < 0 ? 0 : (int)Part(traffic.InFlight, number, senders),
        Updates = traffic.Updates == long.MaxValue ? long.MaxValue : number < 0 ? 0 : Part(traffic.Updates, number, senders),
    };

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

    private static TimeSpan Seconds(string value, ICollection<string> mistakes)
    {
        if (value.EndsWith('s')
            && double.TryParse(value[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        mistakes.Add($"'storm={value}' is no time; write seconds after the traffic's beginning, up to 86,400, such as storm=10s.");
        return TimeSpan.Zero;
    }

    private static int Number(string value, ICollection<string> mistakes)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000)
            return number;
        mistakes.Add($"'in-flight={value}' is no number of updates; write one from 1 to 1,000,000.");
        return 0;
    }
}
