using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Actors.Storage.Tiering;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

public sealed partial class PoliciesGrain
{
    private readonly PolicyRound _planner = new(services.Settings.Tiering);
    private IGrainTimer? _timer;
    private Task _round = Task.CompletedTask;
    private bool _isRoundWanted;
    private long _nextRoundMs;
    private int _blocked;

    /// <summary>The list that was asked for last. Those who only look share it while it is on its way, so that a back end that is slow is not asked once for each of them.</summary>
    private Task<BackEndInventory>? _list;

    /// <inheritdoc/>
    public async Task Reconcile()
    {
        while (!_round.IsCompleted)
            await _round.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await (_round = RoundAsync());
    }


    private void ReconcileSoon()
    {
        _isRoundWanted = true;
        WakeIn(TimeSpan.Zero);
    }

    private void WakeIn(TimeSpan due)
    {
        if (_timer is null) _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        else _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private async Task TickAsync(CancellationToken token)
    {
        try
        {
            await BeginAllAsync();
            if (_isRoundWanted || services.NowMs >= _nextRoundMs)
            {
                _isRoundWanted = false;
                _nextRoundMs = services.NowMs + JitteredMs();
                await Reconcile();
            }
        }
        catch (Exception failure)
        {
            PoliciesLog.Failed(logger, failure, services.Settings.ReconcileInterval.TotalSeconds);
        }

        if (_policies.Count == 0 && !tiering.State.HasWork && !_isRoundWanted)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        var due = _isRoundWanted ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, _nextRoundMs - services.NowMs));
        WakeIn(HasUnbegun && due > BeginAgain ? BeginAgain : due);
    }

    /// <summary>From 0.9 to 1.1 of the interval.</summary>
    private long JitteredMs()
    {
        var intervalMs = (long)services.Settings.ReconcileInterval.TotalMilliseconds;
        return intervalMs * 9 / 10 + services.Ids.NextInt((int)Math.Clamp(intervalMs / 5, 1, int.MaxValue - 1));
    }

    private async Task RoundAsync()
    {
        if (_policies.Count == 0 && tiering.State.Moved.Count == 0)
        {
            _blocked = 0;
            Count();
            return;
        }

        var since = services.Time.GetTimestamp();
        var orders = new List<MigrationOrder>();
        bool hasChanged;
        var volumes = 0;
        try
        {
            var inventory = await ListAsync();
            // Its questions have deadlines of their own, and one that fails is a reading that is not known.
            var heat = IsHeatWanted ? await ReadHeatAsync() : null;
            var sight = SightOf(inventory, heat, NothingMeasures);
            volumes = sight.Volumes.Count;
            hasChanged = Decide(sight, Plan(sight), orders) | NoteGone(sight, services.NowMs);
        }
        catch (BackEndException failure)
        {
            if (_policies.Count > 0) PoliciesLog.NotReconciled(logger, services.Settings.ReconcileInterval.TotalSeconds, failure.Message);
            hasChanged = Blame(failure);
        }

        if (hasChanged) await StoreTieringAsync();
        var duration = services.Time.GetElapsedTime(since);
        foreach (var policy in _policies.Keys)
            services.Metrics.Reconciled(policy, duration);
        PoliciesLog.Reconciled(logger, _policies.Count, volumes, (long)duration.TotalMilliseconds, orders.Count);
        Count();
        await BeginAllAsync();
        await ClearGoneAsync();
    }

    private Task<BackEndInventory> ListAsync(bool mayShare = false)
    {
        if (!mayShare || _list is not { IsCompleted: false })
            _list = services.AskBackEndAsync("its pools and volumes", static (backEnd, until) => backEnd.ListAsync(until), CancellationToken.None);
        return _list;
    }

    private TieringSight SightOf(BackEndInventory inventory, HeatReadings? heat, string unknown) => new(inventory, heat, unknown, tiering.State.Orders.Values, services.NowMs);

    private IReadOnlyList<PolicyRoundResult> Plan(TieringSight sight) => _planner.Reconcile(
        [.. _policies.Values.Select(policy => (policy, _statuses[policy.Name]))], sight.Volumes, sight.Pools.Values, sight.ReadingOf, MemoryOf, services.NowMs);

    private TierMemory MemoryOf(VolumeFacts volume) => tiering.State.Memories.GetValueOrDefault(volume.Name)?.ToMemory() ?? TierMemory.Empty;

    /// <summary>Takes over what a round came to.</summary>
    /// <returns>Whether there is anything to store.</returns>
    private bool Decide(TieringSight sight, IReadOnlyList<PolicyRoundResult> results, List<MigrationOrder> orders)
    {
        var hasChanged = false;
        var nowMs = services.NowMs;
        _blocked = 0;
        foreach (var (policy, status, decisions) in results)
        {
            foreach (var (volume, decision) in decisions)
            {
                hasChanged |= Remember(volume, decision.Memory, nowMs);
                if (decision.Action == TierAction.Blocked) _blocked++;
                if (decision.Action != TierAction.Move) continue;
                var order = sight.Order(services, volume, policy, decision, nowMs);
                Keep(order);
                orders.Add(order);
                hasChanged = true;
                PoliciesLog.Decided(logger, volume, order.FromTier, order.ToTier, policy.Name, decision.Why);
            }

            // Its own, also of volumes that it does not have any more; a disabled one has none, and its migrations go on.
            hasChanged |= SetStatus(policy.Name, status with { ObservedGeneration = set.State.Policies[policy.Name].Generation, ActiveMigrations = ActiveOf(policy.Name) });
        }

        // What is remembered of volumes that are gone, or that no policy has any more, ends with their cooldown.
        var decided = results.SelectMany(static result => result.Decisions.Keys).ToHashSet();
        foreach (var gone in tiering.State.Memories.Where(memory => !decided.Contains(memory.Key) && memory.Value.CooldownUntilMs <= nowMs).Select(static memory => memory.Key).ToList())
            hasChanged |= tiering.State.Memories.Remove(gone);
        return hasChanged;
    }

    private bool Remember(string volume, TierMemory memory, long nowMs)
    {
        if (memory.Wanted is null && memory.CooldownUntilMs <= nowMs) return tiering.State.Memories.Remove(volume);
        var known = tiering.State.Memories.GetValueOrDefault(volume)?.ToMemory();
        if (known == memory) return false;
        tiering.State.Memories[volume] = StoredMemory.Of(memory);
        return true;
    }

    /// <summary>Nothing could be read, so nothing moves; each policy says so.</summary>
    private bool Blame(BackEndException failure)
    {
        var hasChanged = false;
        var now = services.Time.GetUtcNow();
        foreach (var policy in _policies.Values.Where(static policy => policy.Spec.Enabled))
        {
            hasChanged |= SetStatus(policy.Name, _statuses[policy.Name].With(new PolicyCondition("Ready", "False", now, "BackEndUnavailable", $"Nothing moves: {failure.Message}.")) with
            {
                Phase = PolicyPhase.Error,
                LastReconcileTime = now,
            });
        }

        return hasChanged;
    }

    private int ActiveOf(string policy) => tiering.State.Orders.Values.Count(order => order.Policy == policy);

    private void Count() => services.Metrics.Count(tiering.State.Orders.Count, _blocked + tiering.State.Orders.Values.Count(order => !_begun.Contains(order.Id)));
}
