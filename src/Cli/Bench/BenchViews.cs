using System.Globalization;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Bench;

/// <summary>Draws what benchmarks measured.</summary>
internal static class BenchViews
{
    /// <summary>Writes a report, and says on the error stream why it is no success.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(CliConsole console, OutputFormat format, ProduceReport report)
    {
        ResultWriter.Write(console, format, report, CliJson.Default.ProduceReport, found => Draw(
            ("topic", $"{found.Topic}, {Words.Count(found.Partitions, "partition")}"),
            ("load", $"{Words.Count(found.Connections, "connection")}, {Words.Count(found.Outstanding, "request")} in flight each, {found.Batch} x {found.Size} bytes, acks {found.Acks}"),
            ("messages", Invariant($"{found.Messages:N0} in {found.Seconds:N1} s")),
            ("throughput", Invariant($"{found.MessagesPerSecond:N0} msg/s, {found.MegabytesPerSecond:N2} MB/s")),
            ("latency", Describe(found.LatencyMs)),
            ("errors", Describe(found.Errors))));
        TellRefusals(console, report.Errors);
        return Finish(console, report.Passed, report.MessagesPerSecond, report.MinThroughput);
    }

    /// <inheritdoc cref="Write(CliConsole, OutputFormat, ProduceReport)"/>
    public static int Write(CliConsole console, OutputFormat format, FetchReport report)
    {
        ResultWriter.Write(console, format, report, CliJson.Default.FetchReport, found => Draw(
            ("topic", $"{found.Topic}, {Words.Count(found.Partitions, "partition")}"),
            ("load", $"{Words.Count(found.Connections, "connection")}, {found.Outstanding} fetches in flight each"),
            ("messages", Invariant($"{found.Messages:N0} in {found.Seconds:N1} s, {Words.Count(found.Rounds, "round")}, {found.Missing:N0} missing")),
            ("throughput", Invariant($"{found.MessagesPerSecond:N0} msg/s, {found.MegabytesPerSecond:N2} MB/s")),
            ("latency", Describe(found.LatencyMs))));
        if (report.Missing > 0)
        {
            console.Error.WriteLine(Invariant($"{report.Missing:N0} offsets of topic '{report.Topic}' are not there: it is compacted, or records are lost."));
        }

        return Finish(console, report.Passed, report.MessagesPerSecond, report.MinThroughput);
    }

    /// <inheritdoc cref="Write(CliConsole, OutputFormat, ProduceReport)"/>
    public static int Write(CliConsole console, OutputFormat format, IdleReport report)
    {
        ResultWriter.Write(console, format, report, CliJson.Default.IdleReport, found => Draw(
            ("topic", $"{found.Topic}, {Words.Count(found.Partitions, "partition")}"),
            ("connections", Invariant($"{found.Held:N0} of {found.Connections:N0} held for {found.Seconds:N1} s, {Words.Count(found.Outstanding, "long poll")} each")),
            ("polls", Invariant($"{found.Polls:N0} answered")),
            ("connect", Describe(found.ConnectMs)),
            ("server", found.Server is { } server ? Invariant($"{server.CpuPercent:N1} % of a core, {server.ResidentMegabytes:N0} MB") : "not known"),
            ("producer", Describe(found.Producer)),
            ("errors", Describe(found.Errors))));
        if (report.Held < report.Connections || report.Errors.Count > 0)
        {
            console.Error.WriteLine($"Connections were not opened or held ({Describe(report.Errors)}): see the broker's log, its connection limit, and 'ulimit -n' on both sides.");
        }

        TellRefusals(console, report.Producer?.Errors ?? new Dictionary<string, long>());
        return Finish(console, report.Passed, report.Producer?.MessagesPerSecond ?? 0, report.MinThroughput);
    }

    private static void TellRefusals(CliConsole console, IReadOnlyDictionary<string, long> errors)
    {
        if (errors.Count > 0)
        {
            console.Error.WriteLine($"The broker refused requests: {Describe(errors)}. See its log and 'actors status'.");
        }
    }

    private static int Finish(CliConsole console, bool passed, double messagesPerSecond, double? minThroughput)
    {
        if (messagesPerSecond < minThroughput)
        {
            console.Error.WriteLine(Invariant($"{messagesPerSecond:N0} messages a second are less than the {minThroughput:N0} that --min-throughput asks for."));
        }

        return passed ? ActorsProgram.Succeeded : ActorsProgram.Failed;
    }

    /// <summary>Draws names and values, one of each a line.</summary>
    public static IEnumerable<IRenderable> Draw(params IEnumerable<(string Name, string Value)> rows)
    {
        var grid = new Grid().AddColumn().AddColumn();
        foreach (var (name, value) in rows)
        {
            grid.AddRow(new Text(name), new Text(value));
        }

        yield return grid;
    }

    private static string Describe(LatencySummary latency) => Invariant($"p50 {latency.P50:N2} ms, p99 {latency.P99:N2} ms, max {latency.Max:N2} ms");

    private static string Describe(ProduceReport? producer) =>
        producer is null ? "none" : Invariant($"{producer.MessagesPerSecond:N0} msg/s; {Describe(producer.LatencyMs)}");

    private static string Describe(IReadOnlyDictionary<string, long> errors) =>
        errors.Count == 0 ? "none" : string.Join(", ", errors.Select(error => Invariant($"{error.Value:N0} x {error.Key}")));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
