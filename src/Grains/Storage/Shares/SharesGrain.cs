using Actors.Storage.Shares;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

/// <summary>
/// Owns the book of shares: a share of a link depends on who uses the pools at its ends, so one owner divides all of them.
/// </summary>
/// <remarks>
/// Nothing is stored. One that is new lends nothing until every grant of its predecessor has ended; meanwhile copies go by what they have.
/// It divides when a copy comes that has no grant, and otherwise at most once in <see cref="TieringSettings.StepInterval"/>.
/// </remarks>
[GrainType("storage.shares"), CollectionAgeLimit(Minutes = 15)]
public sealed class SharesGrain : Grain, ISharesGrain
{
    private readonly TieringSettings _settings;
    private readonly TimeProvider _time;
    private readonly StorageMetrics _metrics;
    private readonly ShareBook _book;
    private readonly Dictionary<string, LinkState> _links;
    private readonly PoolLoads _pools;
    private readonly Dictionary<string, CopyRoute> _routes = [];
    private readonly Dictionary<string, CopiedRate> _copied = [];
    private readonly long _run;
    private readonly long _lendsAtMs;
    private Dictionary<string, ShareGrant> _grants = [];
    private long? _dividedAtMs;

    /// <param name="settings">Links and limits.</param>
    /// <param name="time">Its monotonic clock counts.</param>
    /// <param name="ids">Makes the number of this run and the seed of pauses.</param>
    /// <param name="metrics">Shows the links.</param>
    public SharesGrain(TieringSettings settings, TimeProvider time, IdSource ids, StorageMetrics metrics)
    {
        (_settings, _time, _metrics) = (settings, time, metrics);
        _book = new ShareBook(settings.ShareTimeToLive);
        var random = new Random(ids.NextInt(int.MaxValue));
        _links = settings.Links.ToDictionary(static link => link.Name, link => new LinkState(link, settings, random));
        _pools = new PoolLoads(3 * settings.ShareTimeToLive);
        _run = 1L + ids.NextInt(int.MaxValue);
        _lendsAtMs = NowMs() + (long)settings.ShareTimeToLive.TotalMilliseconds;
    }

    private bool IsSettling => NowMs() < _lendsAtMs;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _metrics.Show(Report());
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _metrics.Show([]);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<CopyGrant> Ask(CopyAsk ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var nowMs = NowMs();
        var route = CopyRoute.Of(ask.Move, _settings);
        var isPathUp = IsUp(route, nowMs);
        if (IsSettling) return Task.FromResult(new CopyGrant { Run = _run, IsSettling = true, IsPathUp = isPathUp, WaitsFor = "the shares that were lent before to end" });

        _routes[ask.Volume] = route;
        _copied[ask.Volume] = _copied.GetValueOrDefault(ask.Volume).Next(ask);
        _book.Ask(nowMs, new CopyDemand(ask.Volume, route.Resources, route.DemandBytesPerSecond, route.FloorBytesPerSecond), ask.Run == _run ? ask.GoesByGrant : 0);
        if (!_grants.ContainsKey(ask.Volume) || _dividedAtMs is null || nowMs - _dividedAtMs >= _settings.StepInterval.TotalMilliseconds) Divide(nowMs);
        else Carry(nowMs);
        var grant = _grants[ask.Volume];
        return Task.FromResult(new CopyGrant
        {
            Run = _run,
            Number = grant.Number,
            BytesPerSecond = grant.BytesPerSecond,
            TimeToLiveMs = Math.Max(0, grant.EndsAtMs - nowMs),
            WaitsFor = grant.WaitsFor,
            IsPathUp = isPathUp,
            ApplicationBytesPerSecond = _pools.Busier(nowMs, ask.Move.SourcePool, ask.Move.TargetPool),
        });
    }

    /// <inheritdoc/>
    public Task Release(string volume)
    {
        _book.Release(volume);
        _grants.Remove(volume);
        _routes.Remove(volume);
        _copied.Remove(volume);
        Carry(NowMs());
        _metrics.Show(Report());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> IsPathUp(OrderedMove move) => Task.FromResult(IsUp(CopyRoute.Of(move, _settings), NowMs()));

    /// <inheritdoc/>
    public Task Observe(LinkSight sight)
    {
        ArgumentNullException.ThrowIfNull(sight);
        var nowMs = NowMs();
        if (!_links.TryGetValue(sight.Link, out var link)) return Task.CompletedTask;
        var wasUp = link.IsUp(nowMs);
        Carry(nowMs);
        link.Observe(nowMs, sight, isLending: !IsSettling);
        // Copies over a link that is down stop with their next question, which comes within a step.
        if (wasUp != link.IsUp(nowMs) && !IsSettling) Divide(nowMs);
        else _metrics.Show(Report());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ObservePool(PoolSight sight)
    {
        ArgumentNullException.ThrowIfNull(sight);
        _pools.Observe(NowMs(), sight);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<PoolLoad[]> DescribePools() => Task.FromResult(_pools.Report(NowMs()));

    /// <inheritdoc/>
    public Task<LinkReport[]> Describe() => Task.FromResult(Report());

    private bool IsUp(CopyRoute route, long nowMs) => route.Link is null || _links[route.Link.Name].IsUp(nowMs);

    private void Divide(long nowMs)
    {
        var budgets = new Dictionary<string, ResourceBudget> { [CopyRoute.Cluster] = new(long.MaxValue, _settings.MaxCopies) };
        foreach (var link in _links.Values)
            budgets[CopyRoute.Of(link.Link)] = link.Budget(nowMs);
        foreach (var resource in _routes.Values.SelectMany(static route => route.Resources).Where(resource => !budgets.ContainsKey(resource)).ToList())
        {
            budgets[resource] = resource.StartsWith(CopyRoute.Node(""), StringComparison.Ordinal)
                ? new(long.MaxValue, _settings.MaxCopiesPerNode)
                : new(_settings.MaxPoolBytesPerSecond, _settings.MaxCopiesPerPool);
        }

        _grants = _book.Tick(nowMs, budgets).ToDictionary(static grant => grant.Id);
        _dividedAtMs = nowMs;
        foreach (var gone in _routes.Keys.Where(volume => !_grants.ContainsKey(volume)).ToList())
        {
            _routes.Remove(gone);
            _copied.Remove(gone);
        }

        Carry(nowMs);
        _metrics.Show(Report());
    }

    /// <summary>Tells the links what copies take of them from now on: what is lent and may not be known to have been taken back, or what they are known to do.</summary>
    private void Carry(long nowMs)
    {
        foreach (var link in _links.Values)
        {
            link.Carry(nowMs, _routes.Where(route => route.Value.Link?.Name == link.Link.Name)
                .Sum(route => _copied.GetValueOrDefault(route.Key).Counted(_book.InForce(route.Key, nowMs))));
        }
    }

    private LinkReport[] Report()
    {
        var nowMs = NowMs();
        return
        [
            .. _links.Values.Select(link =>
            {
                var budget = link.Budget(nowMs);
                return new LinkReport
                {
                    Name = link.Link.Name,
                    First = link.Link.First,
                    Second = link.Link.Second,
                    Profile = link.Link.Profile.Name,
                    CapacityBytesPerSecond = link.Link.CapacityBytesPerSecond,
                    BudgetBytesPerSecond = budget.MaxCopies == 0 ? 0 : budget.BytesPerSecond,
                    GrantedBytesPerSecond = Granted(link, nowMs),
                    IsUp = link.IsUp(nowMs),
                    MaxCopies = budget.MaxCopies == int.MaxValue ? null : budget.MaxCopies,
                    Volumes = [.. Over(link, nowMs).Select(static grant => grant.Id)],
                    UnseenNodes = link.UnseenNodes,
                };
            }),
        ];
    }

    private long Granted(LinkState link, long nowMs) => Over(link, nowMs).Sum(static grant => grant.BytesPerSecond);

    private IEnumerable<ShareGrant> Over(LinkState link, long nowMs) => _grants.Values.Where(
        grant => grant.BytesPerSecond > 0 && grant.EndsAtMs > nowMs && _routes.TryGetValue(grant.Id, out var route) && route.Link?.Name == link.Link.Name);

    private long NowMs() => (long)(_time.GetTimestamp() * 1_000.0 / _time.TimestampFrequency);
}
