using System.Globalization;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;
using Actors.Cli.Output;

namespace Actors.Cli.Agents.Scale;

/// <summary>
/// A scale test from its first step to its report: tokens, connect, settle, traffic, settle, be quiet, judge, clean up. However it ends, there is a
/// report of what was done until then, and nothing that it started goes on; what was not done is a problem, never a success.
/// </summary>
/// <param name="wish">What is to be done.</param>
/// <param name="issue">Issues the peers' tokens; null where they need none, or have them.</param>
/// <param name="cleanUp">Takes away what is left in the hub, within a time, and says what it could not; null where it is to stay.</param>
/// <param name="start">Starts the process, or the part of this one, that holds a share.</param>
/// <param name="console">Where progress is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class ScaleTest(
    ScaleWish wish,
    Func<CancellationToken, Task<IReadOnlyDictionary<string, string>>>? issue,
    Func<TimeSpan, Task<string?>>? cleanUp,
    Func<LoadOptions, ILoadWorker> start,
    CliConsole console,
    TimeProvider time)
{
    /// <summary>How long hubs have to answer goodbyes.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The same when somebody who has interrupted the test waits for its end.</summary>
    private static readonly TimeSpan ShortGoodbyeTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long cleaning up may take, and longer by the time of so many agents a second.</summary>
    private static readonly TimeSpan CleanUpTimeout = TimeSpan.FromSeconds(45);

    private const int CleanedUpPerSecond = 200;

    private readonly List<string> _problems = [];
    private readonly long _startedAt = time.GetTimestamp();
    private double? _readyMs;
    private bool _isInterrupted;

    /// <summary>Runs it; it fails with nothing.</summary>
    /// <param name="token">Interrupts it, which is a problem.</param>
    public async Task<ScaleReport> RunAsync(CancellationToken token)
    {
        LoadFleet? fleet = null;
        try
        {
            var load = issue is null ? wish.Load : wish.Load with { Tokens = await issue(token) };
            fleet = new LoadFleet(wish.Plan, load);
            fleet.Start((_, options) => start(options), token);
            await WorkAsync(fleet, token);
        }
        catch (Exception failure)
        {
            _isInterrupted = token.IsCancellationRequested;
            if (_isInterrupted)
                _problems.Add($"It was interrupted after {Seconds(time.GetElapsedTime(_startedAt))}, before its end.");
            if (!_isInterrupted || failure is not OperationCanceledException)
                _problems.Add(failure is CliException or WorkerException or TrafficStalledException ? failure.Message : $"It could not go on ({failure.GetType().Name}): {failure.Message}");
        }

        var result = fleet is null ? new LoadResult() : await fleet.EndAsync(_isInterrupted ? ShortGoodbyeTimeout : GoodbyeTimeout, _problems);
        var report = Report(result);
        if (cleanUp is not null && await cleanUp(_isInterrupted ? ShortGoodbyeTimeout : CleanUpTimeout + TimeSpan.FromSeconds(wish.Load.Agents / CleanedUpPerSecond)) is { } left)
            console.Error.WriteLine(left);
        return report;
    }

    private async Task WorkAsync(LoadFleet fleet, CancellationToken token)
    {
        var peers = wish.Load.Agents + wish.Load.Clients;
        var isConnected = await ShowAsync(
            fleet,
            "Connecting",
            progress => ((double)progress.Online / peers, $"{Count(progress.Online)} of {Count(peers)}"),
            () => fleet.ConnectAsync(wish.ConnectTimeout, token));
        if (!isConnected)
        {
            _problems.Add($"Not everybody was connected within {Seconds(wish.ConnectTimeout)}.");
            return;
        }

        if (!await SettleAsync(fleet, "before the traffic", token))
            return;
        _readyMs = Milliseconds();
        var startedAt = time.GetTimestamp();
        await ShowAsync(
            fleet,
            "Traffic",
            progress => (ShareOf(progress, startedAt), $"{Count(progress.Updates)} updates, {Count(progress.Online)} of {Count(peers)} connected, {Count(progress.Failures)} failures"),
            async () =>
            {
                await fleet.TrafficAsync(wish.Traffic, token);
                return true;
            });
        if (!await SettleAsync(fleet, "after the traffic", token))
            return;
        var isQuiet = await ShowAsync(fleet, "Quiet", progress => (progress.Unsettled == 0 ? 1 : 0, "nobody may be told anything"), () => fleet.QuietAsync(wish.Quiet, token));
        if (!isQuiet)
            _problems.Add($"Somebody was told something in the {Seconds(wish.Quiet)} after everybody knew everything.");
    }

    private async Task<bool> SettleAsync(LoadFleet fleet, string when, CancellationToken token)
    {
        var isSettled = await ShowAsync(
            fleet,
            "Settling",
            progress => (progress.Unsettled == 0 ? 1 : 0, $"{Count(progress.Unsettled)} records on their way, {Count(progress.Online)} connected"),
            () => fleet.SettleAsync(wish.SettleTimeout, token));
        if (!isSettled)
            _problems.Add($"Within {Seconds(wish.SettleTimeout)} {when} not everybody was connected and knew the newest records of all with whom it has tunnels.");
        return isSettled;
    }

    private Task<bool> ShowAsync(LoadFleet fleet, string label, Func<LoadProgress, (double, string)> look, Func<Task<bool>> work) =>
        Progress.ShowAsync(console, time, label, () => look(fleet.Progress), work);

    private double ShareOf(LoadProgress progress, long startedAt) => Math.Max(
        wish.Traffic.Updates == long.MaxValue ? 0 : (double)progress.Updates / wish.Traffic.Updates,
        wish.Traffic.Duration == TimeSpan.MaxValue ? 0 : time.GetElapsedTime(startedAt) / wish.Traffic.Duration);

    private ScaleReport Report(LoadResult result)
    {
        var peers = wish.Load.Agents + wish.Load.Clients;
        if (result.BytesRead == 0)
            _problems.Add("Nothing was read: no hub said anything.");
        else if (result.Updates > 0 && result.Checks.Delivered == 0 && wish.Load.Clients > 0)
            _problems.Add("Nobody was told of any update.");
        if (result.FailureCount > 0)
            _problems.Add($"{Count(result.FailureCount)} failures: {string.Join(", ", result.FailureCounts.OrderBy(static kind => kind.Key).Select(static kind => $"{kind.Key} {Count(kind.Value)}"))}.");
        var limits = GeneratorLimits.Find(result, wish.MaxLateness);
        _problems.AddRange(limits);
        // Whoever was interrupted, or was in a process that failed, has not passed.
        var fail = _isInterrupted ? peers : peers - result.Peers + result.FailedPeers;
        var seconds = Math.Max(1e-9, result.TrafficMs / 1e3);
        return new ScaleReport(
            _problems.Count == 0,
            [.. _problems],
            peers,
            peers - fail,
            fail,
            wish.Load.Agents,
            wish.Load.Clients,
            wish.Load.Clients * wish.Load.TunnelsPerClient,
            [.. wish.Hubs.Select(static hub => hub.ToString())],
            wish.Plan.Shares.Count,
            wish.Load.Seed,
            Milliseconds(),
            result.TrafficMs,
            _readyMs,
            result.Connections,
            result.Reconnections,
            result.PutOff,
            result.BytesRead,
            result.BytesWritten,
            result.BytesExpected,
            result.ShortConnections,
            result.MostMissingBytes,
            result.LastByteAge.Summarize(),
            result.Updates,
            result.Unsettled,
            result.TrafficMs > 0 ? Math.Round(result.Updates / seconds, 1) : 0,
            result.TrafficMs > 0 ? Math.Round(result.Delivery.Buckets.Sum(static bucket => bucket.Count) / seconds, 1) : 0,
            result.Checks,
            result.Connect.Summarize(),
            result.Reconnect.Summarize(),
            result.Dial.Summarize(),
            result.Delivery.Summarize(),
            result.Lateness.Summarize(),
            result.DueUpdates,
            result.PacedUpdates,
            result.BusyShare,
            limits.Count > 0,
            result.FailureCounts,
            result.Failures);
    }

    private double Milliseconds() => Math.Round(time.GetElapsedTime(_startedAt).TotalMilliseconds, 1);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
