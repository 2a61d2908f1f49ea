using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>
/// All parts of a run: each order goes to all of them, and when one fails the others cease. However far it came, <see cref="EndAsync"/>
/// ends all that was started and sums up what is known, of those that failed too. One phase at a time.
/// </summary>
public sealed class LoadFleet : IAsyncDisposable
{
    private readonly LoadPlan _plan;
    private readonly LoadOptions _load;
    private readonly List<ILoadWorker> _workers = [];

    /// <param name="plan">What each part holds.</param>
    /// <param name="load">What all parts have in common; its numbers of peers, dials and rates are those of all together.</param>
    public LoadFleet(LoadPlan plan, LoadOptions load)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(load);
        (_plan, _load) = (plan, load);
    }

    /// <summary>How far all of it is; that of other processes is up to half a second old.</summary>
    public LoadProgress Progress => _workers.Aggregate(LoadProgress.Nothing, static (sum, worker) => sum.Add(worker.Progress));

    /// <summary>Starts all parts, which begin to dial.</summary>
    /// <param name="start">Starts the part of a number with its options.</param>
    /// <param name="token">No further part is started.</param>
    public void Start(Func<int, LoadOptions, ILoadWorker> start, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(start);
        foreach (var (number, share) in _plan.Shares.Index())
        {
            token.ThrowIfCancellationRequested();
            _workers.Add(start(number, OptionsOf(share)));
        }
    }

    /// <inheritdoc cref="LoadRun.ConnectAsync"/>
    public Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token) =>
        AllAsync((worker, _, ceasing) => worker.ConnectAsync(timeout, ceasing), token);

    /// <inheritdoc cref="LoadRun.SettleAsync"/>
    public Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token) =>
        AllAsync((worker, _, ceasing) => worker.SettleAsync(timeout, ceasing), token);

    /// <inheritdoc cref="LoadRun.QuietAsync"/>
    public Task<bool> QuietAsync(TimeSpan duration, CancellationToken token) =>
        AllAsync((worker, _, ceasing) => worker.QuietAsync(duration, ceasing), token);

    /// <summary>Sends until the traffic's time or number is over.</summary>
    /// <param name="traffic">What all parts send together.</param>
    /// <param name="token">Interrupts it.</param>
    public Task TrafficAsync(Traffic traffic, CancellationToken token)
    {
        var parts = TrafficWords.PartsOf(traffic, [.. _plan.Shares.Select(static share => share.Clients)]);
        return AllAsync(
            async (worker, number, ceasing) =>
            {
                await worker.TrafficAsync(parts[number], ceasing);
                return true;
            },
            token);
    }

    /// <summary>Judges, says goodbye for everybody, and ends all parts.</summary>
    /// <param name="goodbyeTimeout">How long hubs have to answer goodbyes.</param>
    /// <param name="problems">Gets a sentence for each part that has failed; what it did is taken from its last progress.</param>
    public async Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        var ends = await Task.WhenAll(_workers.Select(worker => EndOneAsync(worker, goodbyeTimeout)));
        foreach (var problem in ends.Select(static end => end.Problem).OfType<string>().Where(problem => !problems.Contains(problem)))
            problems.Add(problem);
        return LoadResult.Sum([.. ends.Select(static end => end.Outcome)], _load.MaxFailures);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
    }

    private static async Task<(LoadResult Outcome, string? Problem)> EndOneAsync(ILoadWorker worker, TimeSpan goodbyeTimeout)
    {
        try
        {
            await using (worker)
                return (await worker.EndAsync(goodbyeTimeout), null);
        }
        catch (Exception failure)
        {
            return (LoadResult.Of(worker.Progress), failure.Message);
        }
    }

    private LoadOptions OptionsOf(LoadShare share) => _load with
    {
        Agents = share.Agents,
        Clients = share.Clients,
        FirstAgent = share.FirstAgent,
        FirstClient = share.FirstClient,
        Sources = share.Sources,
        DialsPerSecond = _load.DialsPerSecond / _plan.Shares.Count,
        MaxDials = Math.Max(1, _load.MaxDials / _plan.Shares.Count),
        Tokens = _load.Tokens is { } tokens ? TokensOf(share, tokens) : null,
    };

    private static Dictionary<string, string> TokensOf(LoadShare share, IReadOnlyDictionary<string, string> tokens) =>
        Enumerable.Range(share.FirstAgent, share.Agents).Select(LoadOptions.AgentName)
            .Concat(Enumerable.Range(share.FirstClient, share.Clients).Select(LoadOptions.ClientName))
            .ToDictionary(static name => name, name => tokens[name]);

    /// <summary>Has all parts do something; true when all say so. A failure of one is thrown once the others have ceased.</summary>
    private async Task<bool> AllAsync(Func<ILoadWorker, int, CancellationToken, Task<bool>> work, CancellationToken token)
    {
        using var ceasing = CancellationTokenSource.CreateLinkedTokenSource(token);
        var answers = await Task.WhenAll(_workers.Select((worker, number) => OneAsync(worker, number)));
        return answers.All(static isDone => isDone);

        async Task<bool> OneAsync(ILoadWorker worker, int number)
        {
            try
            {
                return await work(worker, number, ceasing.Token);
            }
            catch
            {
                await ceasing.CancelAsync();
                throw;
            }
        }
    }
}
