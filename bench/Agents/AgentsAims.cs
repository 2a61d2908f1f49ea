using Actors.Bench.Report;

namespace Actors.Bench.Agents;

/// <summary>What the hub's figures are to be, for all connections; rows that were not measured are not judged.</summary>
internal static class AgentsAims
{
    /// <summary>The figure of a row that is 0 when the row says nothing of the server.</summary>
    public const string Judgeable = "judgeable";

    private static readonly Aim[] Aims =
    [
        new("19,000 connections, s", "connect", "all s", Most: 30),
        new("heap of a connection, KB", "memory: hub", "KB each", Most: 20),
        new("closed loop, share of the relay's updates/s", "closed loop: hub", "updates/s", Least: 0.5, Beside: "closed loop: bare relay"),
        new("three silos: p99 of a delivery, ms", "three silos, paced: hub", "p99 ms", Most: 10),
        new("three silos: p99, times the relays'", "three silos, paced: hub", "p99 ms", Most: 4, Beside: "three silos, paced: bare relays"),
        new("three silos: faults", "three silos, paced: hub", "faults", Most: 0),
        new("three silos: statements of heartbeats/s", "three silos, heartbeats", "heartbeat statements/s", Most: 5),
        new("silo killed: back, s", "three silos, kill", "back s", Most: 30),
        new("silo killed: consistent, s", "three silos, kill", "consistent s", Most: 30),
        new("silo killed: updates that were lost", "three silos, kill", "lost", Most: 0),
        new("silo killed: faults", "three silos, kill", "faults", Most: 0),
    ];

    /// <summary>Adds a row for each aim: what it is, what it is to be, and whether it is met (1 or 0), unless the load was the limit.</summary>
    public static void Judge(BenchReport report)
    {
        foreach (var aim in Aims)
        {
            if (Measure(report, aim) is not { } measured) continue;
            var isJudgeable = IsJudgeable(report, aim.Row) && (aim.Beside is null || IsJudgeable(report, aim.Beside));
            report.Add($"aim: {aim.Name}", (KeyValuePair<string, double>[])[
                BenchReport.Figure("is", measured),
                BenchReport.Figure(aim.Least is null ? "at most" : "at least", aim.Least ?? aim.Most!.Value),
                isJudgeable ? BenchReport.Figure("met", measured <= (aim.Most ?? measured) && measured >= (aim.Least ?? measured) ? 1 : 0) : BenchReport.Figure(Judgeable, 0)]);
        }
    }

    private static double? Measure(BenchReport report, Aim aim) =>
        aim.Beside is null ? report.Find(aim.Row, aim.Figure) : report.Find(aim.Row, aim.Figure) / report.Find(aim.Beside, aim.Figure);

    private static bool IsJudgeable(BenchReport report, string row) => report.Find(row, Judgeable) is not 0;

    /// <param name="Name">What it is, with its unit.</param>
    /// <param name="Row">The row.</param>
    /// <param name="Figure">Its figure.</param>
    /// <param name="Most">It is to be at most this.</param>
    /// <param name="Least">It is to be at least this.</param>
    /// <param name="Beside">A row to whose figure it is set in proportion.</param>
    private sealed record Aim(string Name, string Row, string Figure, double? Most = null, double? Least = null, string? Beside = null);
}
