using System.Globalization;
using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;
using Actors.Cli.Output;

namespace Actors.Cli.Agents.Scale;

/// <summary>
/// A scale test from its first dial to its report: connect, settle, traffic, settle, judge. However it ends, there is a report of what was
/// done until then; what was not done is a problem, never a success.
/// </summary>
/// <param name="wish">What is to be done.</param>
/// <param name="start">Starts the process, or the part of this one, that holds a share.</param>
/// <param name="console">Where progress is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class ScaleTest(ScaleWish wish, Func<LoadOptions, Task<ILoadWorker>> start, CliConsole console, TimeProvider time)
{
    /// <summary>How long hubs have to answer goodbyes.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);

    private readonly List<string> _problems = [];
    private readonly List<ILoadWorker> _workers = [];
    private readonly long _startedAt = time.GetTimestamp();
    private double? _readyMs;
    private bool _isInterrupted;

    /// <summary>Runs it.</summary>
    /// <param name="token">Interrupts it, which is a problem.</param>
    public async Task<ScaleReport> RunAsync(CancellationToken token)
    {
        try
        {
            await StartAsync();
            await WorkAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            _isInterrupted = true;
            _problems.Add($"It was interrupted after {Seconds(time.GetElapsedTime(_startedAt))}, before its end.");
        }
        catch (WorkerException failure)
        {
            _problems.Add(failure.Message);
        }

        return Report(await EndAsync());
    }

    private async Task StartAsync()
    {
        foreach (var share in wish.Plan.Shares)
        {
            _workers.Add(await start(wish.Load with
            {
                Agents = share.Agents,
                Clients = share.Clients,
                FirstAgent = share.FirstAgent,
                FirstClient = share.FirstClient,
                Sources = share.Sources,
                DialsPerSecond = wish.Load.DialsPerSecond / wish.Plan.Shares.Count,
                MaxDials = Math.Max(1, wish.Load.MaxDials / wish.Plan.Shares.Count),
                Tokens = wish.Load.Tokens is { } tokens ? TokensOf(share, tokens) : null,
            }));
        }
    }

    private static Dictionary<string, string> TokensOf(LoadShare share, IReadOnlyDictionary<string, string> tokens) =>
        Enumerable.Range(share.FirstAgent, share.Agents).Select(LoadOptions.AgentName)
            .Concat(Enumerable.Range(share.FirstClient, share.Clients).Select(LoadOptions.ClientName))
            .ToDictionary(static name => name, name => tokens[name]);

    private async Task WorkAsync(CancellationToken token)
    {
        var peers = wish.Load.Agents + wish.Load.Clients;
        var isConnected = await ShowAsync(
            "Connecting",
            progress => ((double)progress.Online / peers, $"{Count(progress.Online)} of {Count(peers)}"),
            worker => worker.ConnectAsync(wish.ConnectTimeout, token));
        if (!isConnected)
        {
            _problems.Add($"Not everybody was connected within {Seconds(wish.ConnectTimeout)}.");
            return;
        }

        if (!await SettleAsync("before the traffic", token))
            return;
        _readyMs = Milliseconds();
        var startedAt = time.GetTimestamp();
        var parts = TrafficWords.PartsOf(wish.Traffic, [.. wish.Plan.Shares.Select(static share => share.Clients)]);
        await ShowAsync(
            "Traffic",
            progress => (ShareOf(progress, startedAt), $"{Count(progress.Updates)} updates, {Count(progress.Online)} of {Count(peers)} connected, {Count(progress.Failures)} failures"),
            async worker =>
            {
                await worker.TrafficAsync(parts[_workers.IndexOf(worker)], token);
                return true;
            });
        await SettleAsync("after the traffic", token);
    }

    private async Task<bool> SettleAsync(string when, CancellationToken token)
    {
        var isSettled = await ShowAsync(
            "Settling",
            progress => (progress.Unsettled == 0 ? 1 : 0, $"{Count(progress.Unsettled)} records on their way, {Count(progress.Online)} connected"),
            worker => worker.SettleAsync(wish.SettleTimeout, token));
        if (!isSettled)
            _problems.Add($"Within {Seconds(wish.SettleTimeout)} {when} not everybody was connected and knew the newest records of all with whom it has tunnels.");
        return isSettled;
    }

    /// <summary>Has all workers do something; true when all say so.</summary>
    private async Task<bool> ShowAsync(string label, Func<LoadProgress, (double, string)> look, Func<ILoadWorker, Task<bool>> work)
    {
        var answers = await Progress.ShowAsync(
            console,
            time,
            label,
            () => look(_workers.Aggregate(LoadProgress.Nothing, static (sum, worker) => sum.Add(worker.Progress))),
            () => Task.WhenAll(_workers.Select(work)));
        return answers.All(static isDone => isDone);
    }

    private double ShareOf(LoadProgress progress, long startedAt) => Math.Max(
        wish.Traffic.Updates == long.MaxValue ? 0 : (double)progress.Updates / wish.Traffic.Updates,
        wish.Traffic.Duration == TimeSpan.MaxValue ? 0 : time.GetElapsedTime(startedAt) / wish.Traffic.Duration);

    private async Task<LoadResult> EndAsync()
    {
        var results = await Task.WhenAll(_workers.Select(EndAsync));
        return LoadResult.Sum([.. results.OfType<LoadResult>()], wish.Load.MaxFailures);
    }

    /// <returns>Null for a worker that has failed.</returns>
    private async Task<LoadResult?> EndAsync(ILoadWorker worker)
    {
        try
        {
            await using (worker)
                return await worker.EndAsync(GoodbyeTimeout);
        }
        catch (Exception failure)
        {
            lock (_problems)
            {
                if (!_problems.Contains(failure.Message))
                    _problems.Add(failure.Message);
            }

            return null;
        }
    }

    private ScaleReport Report(LoadResult result)
    {
        var peers = wish.Load.Agents + wish.Load.Clients;
        if (result.BytesRead == 0)
            _problems.Add("Nothing was read: no hub said anything.");
        else if (result.Updates > 0 && result.Checks.Delivered == 0 && wish.Load.Clients > 0)
            _problems.Add("Nobody was told of any update.");
        if (result.FailureCount > 0)
            _problems.Add($"{Count(result.FailureCount)} failures: {string.Join(", ", result.FailureCounts.OrderBy(static kind => kind.Key).Select(static kind => $"{kind.Key} {Count(kind.Value)}"))}.");
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
            result.OldestByteMs,
            result.Updates,
            result.TrafficMs > 0 ? Math.Round(result.Updates / seconds, 1) : 0,
            result.TrafficMs > 0 ? Math.Round(result.Delivery.Buckets.Sum(static bucket => bucket.Count) / seconds, 1) : 0,
            result.Checks,
            result.Connect.Summarize(),
            result.Delivery.Summarize(),
            result.Lateness.Summarize(),
            result.FailureCounts,
            result.Failures);
    }

    private double Milliseconds() => Math.Round(time.GetElapsedTime(_startedAt).TotalMilliseconds, 1);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
