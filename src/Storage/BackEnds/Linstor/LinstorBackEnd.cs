using System.Globalization;
using Actors.Storage.BackEnds.Rest;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>
/// Resources of LINSTOR, which DRBD keeps in sync. A replica is added on another node, DRBD fills it, and the old one is deleted: LINSTOR's own migration does that too, but deletes
/// the old one by itself as soon as the new one is up to date.
/// </summary>
/// <remarks>
/// A sync cannot be stopped from here: one that is paused goes on at 1 KiB/s, the least that DRBD knows, and is then not shown as a copy. That holds for every replica of the volume,
/// so while another one than the new one is filled, a copy that is paused goes on at the rate that was there before: waiting for the other would never end. A look after that pauses it again. Its rate is DRBD's <c>c-max-rate</c> on the resource
/// definition while it moves; it bounds each volume and peer by itself, and stays when the silo dies. What was there before comes back when a look finds every replica in sync, or with a
/// removal. Two pools of one node cannot be swapped: LINSTOR would drop the local copy first. A node that had the volume without a disk has it so again after an abort.
/// LINSTOR's own balancing (BalanceResourcesEnabled) may remove what is above a resource group's place count after its grace period, an hour unless it is set otherwise.
/// </remarks>
public sealed class LinstorBackEnd : IVolumeBackEnd
{
    private const string RateProp = "DrbdOptions/PeerDevice/c-max-rate";
    private const string RateBeforeProp = LinstorProps.OwnPrefix + "c-max-rate-before";
    private const string PauseLiftedProp = LinstorProps.OwnPrefix + "pause-lifted";
    private const string DiskGivenProp = LinstorProps.OwnPrefix + "disk-given-to";
    private const string NoRate = "none";
    private const long LowestRateKiBps = 1;
    private const long HighestRateKiBps = 4_194_304;

    private readonly RestService _service;
    private readonly LinstorClient _client;

    /// <param name="http">Makes the requests; the caller owns it.</param>
    /// <param name="options">Where the controller is.</param>
    /// <param name="time">The clock of time-outs.</param>
    public LinstorBackEnd(HttpClient http, LinstorOptions options, TimeProvider time)
    {
        _service = LinstorClient.Service(http, options, time);
        _client = new LinstorClient(_service);
    }

    /// <inheritdoc/>
    public string Name => "linstor";

    /// <inheritdoc/>
    public BudgetKind Budget => BudgetKind.Advisory;

    /// <inheritdoc/>
    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => _service.CallAsync("listing volumes", async () =>
    {
        var pools = await _client.PoolsAsync(cancellationToken);
        var volumes = await _client.VolumesAsync(null, cancellationToken);
        return new BackEndInventory(
            [.. pools.Select(pool => new PoolFacts(pool.Name, pool.Node, pool.Labels, pool.IsUsable, pool.CapacityBytes, pool.FreeBytes))],
            [.. volumes.Select(volume => new VolumeFacts(
                volume.Name, volume.StorageClass, volume.Labels, volume.SizeBytes, [.. volume.Replicas.Select(replica => replica.Pool)],
                volume.Replicas.Count > 0 && volume.Replicas.All(replica => replica.IsInSync), IsMoving: false))]);
    });

    /// <inheritdoc/>
    public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) => _service.CallAsync($"reading {volume}", async () =>
    {
        if (await FindAsync(volume, cancellationToken) is not { } seen) return null;
        await TidyAsync(seen, targetPool, cancellationToken);
        var pool = (await _client.PoolsAsync(cancellationToken)).FirstOrDefault(pool => pool.Name == targetPool);
        var isUsable = pool is { IsUsable: true } && (seen.Replicas.Any(replica => replica.Pool == targetPool) || pool.FreeBytes >= seen.SizeBytes);
        var rate = long.TryParse(seen.Props.GetValueOrDefault(RateProp), NumberStyles.None, CultureInfo.InvariantCulture, out var own) ? own : 0;
        var isCopying = rate > LowestRateKiBps && seen.Props.ContainsKey(RateBeforeProp) && seen.Replicas.Any(replica => !replica.IsWhole);
        return new VolumeView(
            [.. seen.Replicas.Select(replica => new ReplicaView(
                replica.Id, replica.Pool, replica.IsInSync, replica.IsFaulted, replica.IsInSync, (long)(seen.SizeBytes * Math.Clamp(replica.DonePercent, 0, 100) / 100)))],
            ActiveReplica: null, isCopying, isCopying ? rate * 1_024 : 0, isUsable);
    });

    /// <inheritdoc/>
    public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken) => effect.Effect switch
    {
        MigrationEffect.CreateTarget => _service.CallAsync($"making a replica of {effect.Volume} in {effect.TargetPool}", () => CreateTargetAsync(effect, cancellationToken)),
        MigrationEffect.StartCopy or MigrationEffect.SetSpeed => RenewAsync(effect.Volume, effect.Rate, cancellationToken),
        MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica => _service.CallAsync($"removing {effect.Replica} of {effect.Volume}", () => RemoveAsync(effect, cancellationToken)),
        MigrationEffect.StopCopy => RenewAsync(effect.Volume, default, cancellationToken),
        // DRBD compares by itself, and a volume runs on all replicas that are up to date.
        MigrationEffect.Verify or MigrationEffect.Switch => Task.CompletedTask,
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect.Effect, "not an effect"),
    };

    /// <summary>Sets the rate of the volume's syncs; 0 is 1 KiB/s, for DRBD takes 0 for no bound.</summary>
    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken) => _service.CallAsync($"setting the rate of {volume}", async () =>
    {
        if (await FindAsync(volume, cancellationToken) is not { } seen) return false;
        var set = Paced(seen, rate);
        if (set.Count > 0) await _client.SetAsync(volume, set, LiftedIn(seen), cancellationToken);
        return set.Count > 0;
    });

    // What is to be set for it; nothing when it is so.
    private static Dictionary<string, string> Paced(LinstorVolume seen, CopyRate rate)
    {
        var wanted = Math.Clamp(rate.BytesPerSecond / 1_024, LowestRateKiBps, HighestRateKiBps).ToString(CultureInfo.InvariantCulture);
        if (seen.Props.GetValueOrDefault(RateProp) == wanted && seen.Props.ContainsKey(RateBeforeProp)) return [];
        var set = new Dictionary<string, string> { [RateProp] = wanted };
        if (!seen.Props.ContainsKey(RateBeforeProp)) set[RateBeforeProp] = seen.Props.GetValueOrDefault(RateProp, NoRate);
        return set;
    }

    // A rate that is set stands for itself.
    private static List<string> LiftedIn(LinstorVolume seen) => seen.Props.ContainsKey(PauseLiftedProp) ? [PauseLiftedProp] : [];

    private async Task<bool> CreateTargetAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Replicas.Any(replica => replica.Pool == effect.TargetPool)) return false;
        var pool = (await _client.PoolsAsync(cancellationToken)).FirstOrDefault(pool => pool.Name == effect.TargetPool)
            ?? throw new BackEndException($"there is no pool {effect.TargetPool}: a pool is named node/pool", isPermanent: true);
        if (volume.Replicas.FirstOrDefault(replica => replica.Node == pool.Node) is { } held)
            throw new BackEndException($"{pool.Node} has {volume.Name} in {held.Pool} already, and LINSTOR would drop that first: take a pool of another node", isPermanent: true);
        if (!pool.IsUsable) throw new BackEndException($"the pool {pool.Name} is not usable: see linstor storage-pool list", isPermanent: false);
        if (pool.FreeBytes < volume.SizeBytes)
            throw new BackEndException(FormattableString.Invariant($"{pool.Name} has {pool.FreeBytes} bytes free and {volume.SizeBytes} are needed"), isPermanent: true);

        // Before it: DRBD begins to fill it at once, and an abort takes no more than was given.
        var set = Paced(volume, effect.Rate);
        var hasNone = volume.DisklessNodes.Contains(pool.Node);
        if (hasNone) set[DiskGivenProp] = pool.Node;
        if (set.Count > 0) await _client.SetAsync(volume.Name, set, LiftedIn(volume), cancellationToken);
        if (hasNone) await _client.GiveDiskAsync(volume.Name, pool.Node, pool.Pool, cancellationToken);
        else await _client.CreateAsync(volume.Name, pool.Node, pool.Pool, cancellationToken);
        return true;
    }

    private async Task<bool> RemoveAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Find(effect.Replica) is not { } removed) return false;
        if (volume.Replicas.Count < 2) throw new BackEndException($"{removed.Node} has the last replica of {volume.Name}", isPermanent: true);
        if (volume.Replicas.FirstOrDefault(replica => replica.Id != removed.Id && !replica.IsInSync) is { } behind)
            throw new BackEndException($"the replica of {volume.Name} on {removed.Node} stays while that on {behind.Node} is not up to date", isPermanent: false);
        var given = volume.Props.GetValueOrDefault(DiskGivenProp);
        if (given == removed.Node)
        {
            await _client.TakeDiskAsync(volume.Name, removed.Node, cancellationToken); // whoever uses it there goes on over the network
        }
        else
        {
            if (removed.IsInUse) throw new BackEndException($"{volume.Name} is in use on {removed.Node}: its replica there is removed when the application has moved to another node", isPermanent: false);
            if (given is not null) await _client.SetAsync(volume.Name, [], [DiskGivenProp], cancellationToken); // that disk stays
            await _client.DeleteAsync(volume.Name, removed.Node, cancellationToken);
        }

        await RestoreAsync(volume, isDiskTaken: given == removed.Node, cancellationToken); // after it: a sync that is still there keeps its rate
        return true;
    }

    // What nobody came back for: a replica was removed by somebody else, or the silo died between a removal and this. And a pause that holds up more than the copy, until it does so no more.
    private async Task TidyAsync(LinstorVolume volume, string targetPool, CancellationToken cancellationToken)
    {
        if (volume.Replicas.Count > 0 && volume.Replicas.All(replica => replica.IsInSync))
        {
            await RestoreAsync(volume, volume.Props.TryGetValue(DiskGivenProp, out var node) && volume.DisklessNodes.Contains(node), cancellationToken);
            return;
        }

        var isHoldingUp = volume.Replicas.Any(replica => replica.Pool != targetPool && replica.IsFilled);
        var isPaused = volume.Props.ContainsKey(RateBeforeProp) && volume.Props.GetValueOrDefault(RateProp) == LowestRateKiBps.ToString(CultureInfo.InvariantCulture);
        if (isPaused && isHoldingUp)
        {
            await RestoreAsync(volume, isDiskTaken: false, cancellationToken, isPauseLifted: true);
        }
        else if (!isHoldingUp && volume.Props.ContainsKey(PauseLiftedProp) && volume.Replicas.Any(replica => replica.Pool == targetPool && !replica.IsWhole))
        {
            await _client.SetAsync(volume.Name, Paced(volume, default), [PauseLiftedProp], cancellationToken);
        }
    }

    private async Task RestoreAsync(LinstorVolume volume, bool isDiskTaken, CancellationToken cancellationToken, bool isPauseLifted = false)
    {
        var set = new Dictionary<string, string>();
        var delete = new List<string>();
        if (volume.Props.TryGetValue(RateBeforeProp, out var before))
        {
            delete.Add(RateBeforeProp);
            if (before == NoRate) delete.Add(RateProp);
            else set[RateProp] = before;
        }

        if (isDiskTaken) delete.Add(DiskGivenProp);
        if (isPauseLifted) set[PauseLiftedProp] = "true";
        else delete.AddRange(LiftedIn(volume));
        if (delete.Count > 0) await _client.SetAsync(volume.Name, set, delete, cancellationToken);
    }

    private async Task<LinstorVolume?> FindAsync(string volume, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.VolumesAsync(volume, cancellationToken)).FirstOrDefault(seen => seen.Name == volume);
        }
        catch (RestRefusal refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    private async Task<LinstorVolume> RequireAsync(string volume, CancellationToken cancellationToken) =>
        await FindAsync(volume, cancellationToken) ?? throw new BackEndException($"there is no resource definition {volume}", isPermanent: true);
}
