using Actors.Storage.BackEnds;
using Actors.Storage.Tiering;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

public sealed partial class PoliciesGrain
{
    /// <summary>When an order was not taken it is given again so soon.</summary>
    private static readonly TimeSpan BeginAgain = TimeSpan.FromSeconds(10);

    /// <summary>Orders that their volumes' grains have taken, as far as this activation knows.</summary>
    private readonly HashSet<Guid> _begun = [];

    /// <summary>Orders that are known to be stored: no volume is told of another, for it would not be known after this silo's death that it moves.</summary>
    private readonly HashSet<Guid> _stored = [];

    private bool HasUnbegun => tiering.State.Orders.Values.Any(order => !_begun.Contains(order.Id));

    /// <inheritdoc/>
    public async Task<string?> Migrate(string volume, string? sourcePool, string targetPool)
    {
        TieringSight sight;
        try
        {
            sight = await SightAsync();
        }
        catch (BackEndException failure)
        {
            return failure.Message;
        }

        if (sight.Refusal(services.Settings.Tiering, volume, sourcePool, targetPool) is { } refusal) return refusal;
        // Somebody may have been quicker while pools and heat were read.
        if (tiering.State.Orders.ContainsKey(volume)) return $"{volume} moves already";
        var facts = sight.Volumes.First(one => one.Name == volume);
        var owner = PolicyOwnership.Of(facts, _policies.Values).Owner;
        var nowMs = services.NowMs;
        tiering.State.Orders[volume] = sight.OrderByHand(services, facts, sourcePool ?? facts.Pools[0], targetPool, owner, nowMs);
        if (owner is not null) Remember(volume, TierMemory.Started(nowMs, owner.Spec.CooldownPeriod), nowMs);
        await StoreTieringAsync();
        await BeginAllAsync();
        Count();
        if (HasUnbegun) WakeIn(BeginAgain);
        return null;
    }

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
            if (!await GrainFactory.GetGrain<IVolumeGrain>(order.Volume).Begin(order)) PoliciesLog.NotBegun(logger, null, order.Volume);
            else if (tiering.State.Orders.ContainsValue(order)) _begun.Add(order.Id);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            PoliciesLog.NotBegun(logger, failure, order.Volume);
        }
    }
}
