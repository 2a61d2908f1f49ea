using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Actors.Bench.Grains;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.Cluster.Failover;

/// <summary>
/// Three silos, as processes, with a PostgreSQL server: how long the grains of one of them are away when it is killed, stopped or
/// told to end, and what three silos cost that nobody uses.
/// </summary>
internal sealed class FailoverBenchmark(BenchReport report, int rounds) : IAsyncDisposable
{
    private const int GrainCount = 300;
    private const int IdleSeconds = 30;
    private const int SettleSeconds = 45;

    /// <summary>The names of its rows.</summary>
    public static readonly IReadOnlyList<string> Names = ["idle", "kill -9", "SIGSTOP", "SIGTERM"];

    private readonly List<MemberProcess> _silos = [];
    private readonly TemporaryDirectory _folder = new();
    private PostgreSqlServer? _store;
    private string _connection = "";

    /// <summary>Runs the rows whose names contain a text.</summary>
    public static async Task RunAsync(BenchReport report, int rounds, string shape)
    {
        if (!Names.Any(name => name.Contains(shape, StringComparison.Ordinal)))
        {
            return;
        }

        await using var benchmark = new FailoverBenchmark(report, rounds);
        await benchmark.StartAsync();
        foreach (string name in Names.Where(name => name.Contains(shape, StringComparison.Ordinal)))
        {
            await (name switch
            {
                "idle" => benchmark.IdleAsync(),
                "kill -9" => benchmark.LoseAsync(name, Signals.Kill),
                "SIGSTOP" => benchmark.LoseAsync(name, Signals.Stop),
                _ => benchmark.LoseAsync(name, Signals.Terminate),
            });
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (MemberProcess silo in _silos)
        {
            await silo.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        _store = await PostgreSqlServer.StartNewAsync();
        _connection = await _store.CreateDatabaseAsync();
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        for (int node = 1; node <= 3; node++)
        {
            _silos.Add(await MemberProcess.StartAsync(node, _folder.Path(string.Create(CultureInfo.InvariantCulture, $"silo-{node}")), _connection, secret));
        }
    }

    /// <summary>Processor time of three silos, and statements of all of them, while nobody uses them.</summary>
    private async Task IdleAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(SettleSeconds), TimeProvider.System, CancellationToken.None);
        TimeSpan[] before = [.. _silos.Select(static silo => silo.ProcessorTime)];
        long statements = await StoreStatements.CountAsync(_connection);
        long started = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(IdleSeconds), TimeProvider.System, CancellationToken.None);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] cores = [.. _silos.Select((silo, index) => 100 * (silo.ProcessorTime - before[index]).TotalSeconds / seconds)];
        report.Add(
            "three idle silos",
            BenchReport.Figure("median % of a core", Comparison.Median(cores)),
            BenchReport.Figure("max % of a core", cores.Max()),
            BenchReport.Figure("statements/s", (await StoreStatements.CountAsync(_connection) - statements) / seconds));
    }

    /// <summary>In each round one of the silos that do not call goes; the calling one measures its grains.</summary>
    private async Task LoseAsync(string name, int signal)
    {
        List<double> medians = [];
        List<double> longest = [];
        int failed = 0;
        string why = "";
        for (int round = 0; round < rounds; round++)
        {
            int node = 2 + (round % 2);
            MemberProcess silo = _silos[node - 1];
            await _silos[0].CommandAsync($"find {node} {GrainCount}", "found");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
            long since = Stopwatch.GetTimestamp();
            silo.Signal(signal);
            string[] answered = await _silos[0].CommandAsync($"since {since}", "answered");
            medians.Add(double.Parse(answered[1], CultureInfo.InvariantCulture));
            longest.Add(double.Parse(answered[2], CultureInfo.InvariantCulture));
            if (signal == Signals.Stop)
            {
                silo.Signal(Signals.Continue);
            }

            await silo.RestartAsync();
            string[] ended = await _silos[0].CommandAsync("end", "failed");
            failed += int.Parse(ended[1], CultureInfo.InvariantCulture);
            why = ended.Length > 2 && ended[1] != "0" ? string.Join(' ', ended[2..]) : why;
            Console.Error.WriteLine($"    {name} {round + 1}/{rounds}: {answered[2]} ms, {ended[1]} calls failed {why}");
        }

        report.Add(
            $"{name}: {GrainCount} grains answer elsewhere",
            BenchReport.Figure("median grain ms", Comparison.Median(medians)),
            BenchReport.Figure("last grain, median ms", Comparison.Median(longest)),
            BenchReport.Figure("last grain, max ms", longest.Max()),
            BenchReport.Figure("runs", rounds),
            BenchReport.Figure("failed calls", failed));
    }
}
