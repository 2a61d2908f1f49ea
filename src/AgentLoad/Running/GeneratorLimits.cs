using System.Globalization;

namespace Actors.AgentLoad.Running;

/// <summary>Says whether figures are the hub's, or those of the load that was to measure it.</summary>
public static class GeneratorLimits
{
    /// <summary>A thread that is busier than this part of the time (0 to 1) could hardly have done more.</summary>
    public const double MaxBusyShare = 0.9;

    /// <summary>At least so much (0 to 1) of what was due by the clock has to have had its turn.</summary>
    public const double MinPacedShare = 0.95;

    /// <summary>Finds all limits of the load that a run has met.</summary>
    /// <param name="result">What the run came to.</param>
    /// <param name="maxLateness">How late 99 of 100 updates that are due by the clock may be sent.</param>
    /// <returns>A sentence for each; none when the load was not the limit.</returns>
    public static IReadOnlyList<string> Find(LoadResult result, TimeSpan maxLateness)
    {
        ArgumentNullException.ThrowIfNull(result);
        var limits = new List<string>();
        if (result.BusyShare > MaxBusyShare)
            limits.Add(Sentence($"a thread of it was busy for {100 * result.BusyShare:0.#} % of the traffic ({100 * MaxBusyShare:0} % at most)"));
        if (result.DueUpdates > 0 && result.PacedUpdates < MinPacedShare * result.DueUpdates)
            limits.Add(Sentence($"it sent {result.PacedUpdates:N0} of the {result.DueUpdates:N0} updates that were due by the clock ({100 * MinPacedShare:0} % at least)"));
        var lateness = result.Lateness.Summarize();
        if (lateness.P99 > maxLateness.TotalMilliseconds)
            limits.Add(Sentence($"the p99 of how late it sent is {lateness.P99:0.#} ms ({maxLateness.TotalMilliseconds:0.#} ms at most)"));
        return limits;
    }

    private static string Sentence(FormattableString why) => $"The load generator was the limit: {why.ToString(CultureInfo.InvariantCulture)}.";
}
