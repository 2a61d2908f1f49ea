using System.Globalization;
using Actors.AgentLoad.Measures;
using Actors.Cli.Bench;
using Actors.Cli.Output;
using Spectre.Console.Rendering;

namespace Actors.Cli.Agents.Scale;

/// <summary>Writes what a scale test found: failures and problems to the error stream first, then the report to the output.</summary>
internal static class ScaleViews
{
    /// <summary>Writes a report.</summary>
    public static void Write(CliConsole console, OutputFormat format, ScaleReport report)
    {
        foreach (var failure in report.Failures)
            console.Error.WriteLine($"{failure.Peer}: {failure.Text.TrimEnd('.')}.");
        var untold = report.FailureCounts.Values.Sum() - report.Failures.Count;
        if (untold > 0)
            console.Error.WriteLine(Invariant($"{untold:N0} more failures are not shown; --max-failures shows more."));
        if (report.Failures.Any(static failure => failure.Text.Contains("HTTP 401", StringComparison.Ordinal)))
            console.Error.WriteLine("The hub takes nobody without a token: --issue-tokens has a silo of this machine issue some.");
        foreach (var problem in report.Problems)
            console.Error.WriteLine(problem);
        ResultWriter.Write(console, format, report, CliJson.Default.ScaleReport, Draw);
    }

    private static IEnumerable<IRenderable> Draw(ScaleReport report)
    {
        var checks = report.Checks;
        return BenchViews.Draw(
            ("result", report.Passed ? "passed" : "failed"),
            ("peers", Invariant($"{report.Total:N0} total, {report.Pass:N0} pass, {report.Fail:N0} fail ({report.Agents:N0} agents, {report.Clients:N0} clients, {report.Tunnels:N0} tunnels)")),
            ("duration", Invariant($"{report.ElapsedMs / 1e3:N1} s, of these traffic {report.TrafficMs / 1e3:N1} s; {(report.ReadyMs is { } readyMs ? Invariant($"all ready after {readyMs / 1e3:N1} s") : "never all ready")}")),
            ("connections", Invariant($"{report.Connections:N0} made, {report.Reconnections:N0} of them again; {report.PutOff:N0} dials put off")),
            ("connect", Describe(report.ConnectMs)),
            ("reconnect", Describe(report.ReconnectMs)),
            ("dial", Describe(report.DialMs)),
            ("updates", Invariant($"{report.Updates:N0} sent ({report.UpdatesPerSecond:N0}/s); {checks.Sent:N0} to tell with those of the start, {checks.Delivered:N0} told, {checks.Coalesced:N0} passed over for newer ones, {checks.Repeated:N0} told again to who came back, {report.Unsettled:N0} on their way at the end")),
            ("readies", Invariant($"{checks.ReadiesSaid:N0} said, {checks.Readies:N0} told")),
            ("delivery", Describe(report.DeliveryMs)),
            ("failures", report.FailureCounts.Count == 0 ? "none" : string.Join(", ", report.FailureCounts.OrderBy(static kind => kind.Key).Select(static kind => Invariant($"{kind.Key} {kind.Value:N0}")))),
            ("bytes", Invariant($"{report.BytesRead:N0} read, {report.BytesWritten:N0} written; {report.BytesExpected:N0} expected at least, {report.ShortConnections:N0} connections have less, {report.MostMissingBytes:N0} at most")),
            ("last byte", Invariant($"{Describe(report.LastByteAgeMs)} ago")),
            ("load", Invariant($"{report.Processes} process{(report.Processes == 1 ? "" : "es")} against {string.Join(", ", report.Hubs)}, seed {report.Seed}; busy {100 * report.BusyShare:0.#} %, sent {report.PacedUpdates:N0} of {report.DueUpdates:N0} due, late: {Describe(report.LatenessMs)}")));
    }

    private static string Describe(LatencyPercentiles latency) => latency.Count == 0
        ? "none measured"
        : Invariant($"p50 {latency.P50:0.###} ms, p95 {latency.P95:0.###} ms, p99 {latency.P99:0.###} ms, max {latency.Max:0.###} ms");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
