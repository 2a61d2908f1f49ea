using Actors.Storage.BackEnds;
using Actors.Storage.Tiering;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

public sealed partial class PoliciesGrain
{
    private const int MaxClearedAtOnce = 100;

    /// <summary>When an order was not taken it is given again so soon.</summary>
    private static readonly TimeSpan BeginAgain = TimeSpan.FromSeconds(10);

    /// <summary>Orders that their volumes' grains have taken, as far as this activation knows.</summary>
    private readonly HashSet<Guid> _begun = [];

    /// <summary>Orders that are known to be stored: no volume is told of another, for it would not be known after this silo's death that it moves.</summary>
    private readonly HashSet<Guid> _stored = [];

    private bool HasUnbegun => tiering.State.Orders.Values.Any(order => !_begun.Contains(order.Id));

    /// <inheritdoc/>
    public async Task<OrderAnswer> Migrate(string volume, string? sourcePool, string targetPool)
    {
        TieringSight sight;
        try
        {
            sight = SightOf(await ListAsync(), null, "it was not asked for");
        }
        catch (BackEndException failure)
        {
            return OrderAnswer.Refused(failure.Message);
        }

        if (sight.Volumes.FirstOrDefault(one => one.Name == volume) is not { } facts) return OrderAnswer.Unknown(volume);
        if (sight.Refusal(services.Settings.Tiering, facts, sourcePool, targetPool) is { } refusal) return OrderAnswer.Refused(refusal);
        var owner = PolicyOwnership.Of(facts, _policies.Values).Owner;
        var nowMs = services.NowMs;
        var order = sight.OrderByHand(services, facts, sourcePool ?? facts.Pools[0], targetPool, owner, nowMs);
        Keep(order);
        if (owner is not null) Remember(volume, TierMemory.Started(nowMs, owner.Spec.CooldownPeriod), nowMs);
        await StoreTieringAsync();
        await BeginAllAsync();
        Count();
        if (HasUnbegun) WakeIn(BeginAgain);
        else if (_timer is null) WakeIn(services.Settings.ReconcileInterval); // without policies too somebody has to see when the volume is gone
        return new OrderAnswer { Order = order.Id };
    }

    /// <inheritdoc/>
    public Task<OrderAnswer> Pause(string volume) => CommandAsync(volume, static grain => grain.Pause());

    /// <inheritdoc/>
    public Task<OrderAnswer> Resume(string volume) => CommandAsync(volume, static grain => grain.Resume());

    /// <inheritdoc/>
    public Task<OrderAnswer> Abort(string volume) => AbortAsync(volume, static grain => grain.Abort());

    /// <inheritdoc/>
    public Task<OrderAnswer> Forget(string volume) => AbortAsync(volume, static grain => grain.Forget());

    private async Task<OrderAnswer> AbortAsync(string volume, Func<IVolumeGrain, Task<string?>> command)
    {
        var answer = await CommandAsync(volume, command);
        if (answer.Refusal is not null || await VolumeOf(volume).Describe() is not { Move: > 1 } report || report.Id != answer.Order) return answer;
        return answer with { Remark = $"{report.Move - 1} of {report.Moves} replicas had moved before, and are not taken back" };
    }

    private IVolumeGrain VolumeOf(string volume) => GrainFactory.GetGrain<IVolumeGrain>(volume);

    /// <summary>An order that its volume's grain has not taken is given first, so that it has its end like any other.</summary>
    private async Task<OrderAnswer> CommandAsync(string volume, Func<IVolumeGrain, Task<string?>> command)
    {
        if (tiering.State.Orders.GetValueOrDefault(volume) is not { } order) return await NoOrderAsync(volume);
        if (!_stored.Contains(order.Id)) await StoreTieringAsync();
        if (!_begun.Contains(order.Id)) await BeginAsync(order);
        if (tiering.State.Orders.ContainsValue(order) && !_begun.Contains(order.Id)) return OrderAnswer.Refused($"{volume} is about to move, and has not taken its order yet; ask again in some seconds");
        return await command(VolumeOf(volume)) is { } refusal ? OrderAnswer.Refused(refusal) : new OrderAnswer { Order = order.Id };
    }

    private async Task<OrderAnswer> NoOrderAsync(string volume)
    {
        try
        {
            return (await ListAsync(mayShare: true)).Volumes.Any(one => one.Name == volume) ? OrderAnswer.Refused($"{volume} does not move") : OrderAnswer.Unknown(volume);
        }
        catch (BackEndException failure)
        {
            return OrderAnswer.Refused($"no order to move {volume} is known, and whether there is such a volume could not be seen: {failure.Message}");
        }
    }

    /// <summary>From now on the volume is to move.</summary>
    private void Keep(MigrationOrder order)
    {
        tiering.State.Orders[order.Volume] = order;
        tiering.State.Moved[order.Volume] = 0;
    }

    /// <summary>Notes which of the volumes that have moved are there.</summary>
    /// <returns>Whether that is anything new.</returns>
    private bool NoteGone(TieringSight sight, long nowMs)
    {
        var there = sight.Volumes.Select(static volume => volume.Name).ToHashSet();
        var hasChanged = false;
        foreach (var (volume, goneSinceMs) in tiering.State.Moved.ToList())
        {
            if (there.Contains(volume) == (goneSinceMs == 0)) continue;
            tiering.State.Moved[volume] = there.Contains(volume) ? 0 : nowMs;
            hasChanged = true;
        }

        return hasChanged;
    }

    /// <summary>Has the grains of volumes that have been gone for long keep nothing more.</summary>
    private async Task ClearGoneAsync()
    {
        var longGone = services.NowMs - (long)services.Settings.KeepGone.TotalMilliseconds;
        var volumes = tiering.State.Moved.Where(volume => IsGone(volume.Key, longGone)).Select(static volume => volume.Key).Take(MaxClearedAtOnce).ToList();
        if (volumes.Count == 0) return;
        await Task.WhenAll(volumes.Select(async volume =>
        {
            try
            {
                // One of the name may have come back meanwhile.
                if (await VolumeOf(volume).Clear() && IsGone(volume, longGone)) tiering.State.Moved.Remove(volume);
            }
            catch (Exception failure) when (failure is OrleansException or TimeoutException)
            {
                PoliciesLog.NotCleared(logger, failure, volume);
            }
        }));
        await StoreTieringAsync();
    }

    private bool IsGone(string volume, long sinceMs) =>
        tiering.State.Moved.GetValueOrDefault(volume) is > 0 and var goneSinceMs && goneSinceMs <= sinceMs && !tiering.State.Orders.ContainsKey(volume);

    /// <summary>Gives volumes' grains their orders that are stored; those that have theirs know it.</summary>
    private Task BeginAllAsync() => Task.WhenAll(tiering.State.Orders.Values.Where(order => _stored.Contains(order.Id) && !_begun.Contains(order.Id)).ToList().Select(BeginAsync));

    /// <summary>Stores volumes, orders and statuses as they are now. Others may change them, and have them stored, meanwhile.</summary>
    private async Task StoreTieringAsync()
    {
        var covered = tiering.State.Orders.Values.Select(static order => order.Id).ToList();
        await StoreAsync(_tieringWriter);
        _stored.UnionWith(covered);
        _stored.IntersectWith(tiering.State.Orders.Values.Select(static order => order.Id));
    }

    private async Task BeginAsync(MigrationOrder order)
    {
        try
        {
            if (!await VolumeOf(order.Volume).Begin(order)) PoliciesLog.NotBegun(logger, null, order.Volume);
            else if (tiering.State.Orders.ContainsValue(order)) _begun.Add(order.Id);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            PoliciesLog.NotBegun(logger, failure, order.Volume);
        }
    }
}
