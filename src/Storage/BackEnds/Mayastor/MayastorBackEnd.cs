using System.Security.Cryptography;
using Actors.Storage.BackEnds.Rest;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>
/// Volumes of OpenEBS Mayastor, by its REST service. There is no call that moves a replica: one more is asked for while every node but the wanted one is cordoned, Mayastor rebuilds it, and
/// one less is asked for when the old one is the first that Mayastor would take.
/// </summary>
/// <remarks>
/// A rebuild can be neither slowed down nor stopped, so it is never shown as a copy that could be: how many there are at once is all that can be bounded. Only published volumes move, for a
/// rebuild runs in the volume's target; without a target nobody knows whether a replica has everything. Two pools of one node cannot be swapped.
/// Replicas are placed one at a time: a cordon of ours that is not old is another placement, and one that is old was left behind by a process that died, and is taken away. A volume that
/// Mayastor is changing, or of which it has another number of replicas than it wants, is not shown: what it will be like nobody knows yet.
/// </remarks>
public sealed partial class MayastorBackEnd : IVolumeBackEnd
{
    private readonly MayastorOptions _options;
    private readonly TimeProvider _time;
    private readonly RestService _service;
    private readonly MayastorClient _client;
    private readonly string _id = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private int _placements;
    private int _isPlacing;

    /// <param name="http">Makes the requests; the caller owns it.</param>
    /// <param name="options">Where the service is.</param>
    /// <param name="time">The clock of time-outs and cordons.</param>
    public MayastorBackEnd(HttpClient http, MayastorOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageEntries, 1);
        (_options, _time) = (options, time);
        _service = new RestService(http, "Mayastor", options.Address, options.Token, options.RequestTimeout, "look whether its api-rest runs", time);
        _client = new MayastorClient(_service, options.PageEntries);
    }

    /// <inheritdoc/>
    public string Name => "mayastor";

    /// <inheritdoc/>
    public BudgetKind Budget => BudgetKind.None;

    /// <inheritdoc/>
    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => _service.CallAsync("listing volumes", async () =>
    {
        var nodes = await ReapAsync(cancellationToken);
        var open = nodes.Where(node => node.IsOnline && !node.Cordons.Any(label => !IsOurs(label))).Select(node => node.Id).ToHashSet();
        var pools = await _client.PoolsAsync(cancellationToken);
        var volumes = await _client.VolumesAsync(cancellationToken);
        return new BackEndInventory(
            [.. pools.Select(pool => new PoolFacts(pool.Id, pool.Node, pool.Labels, pool.IsOnline && open.Contains(pool.Node), pool.CapacityBytes, pool.FreeBytes))],
            [.. volumes.Select(Facts)]);
    });

    /// <inheritdoc/>
    public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) => _service.CallAsync($"reading {volume}", async () =>
    {
        if (await _client.FindVolumeAsync(volume, cancellationToken) is not { } seen) return null;
        RequireSettled(seen);
        var pool = (await _client.PoolsAsync(cancellationToken)).FirstOrDefault(pool => pool.Id == targetPool);
        var isUsable = pool is { IsOnline: true } && (seen.Replicas.Any(replica => replica.Pool == targetPool) || pool.FreeBytes > seen.SizeBytes);
        return new VolumeView([.. seen.Replicas.Select(replica => View(seen, replica))], ActiveReplica: null, IsCopying: false, SpeedBytesPerSecond: 0, isUsable);
    });

    /// <inheritdoc/>
    public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken) => effect.Effect switch
    {
        MigrationEffect.CreateTarget => _service.CallAsync($"making a replica of {effect.Volume} in {effect.TargetPool}", () => CreateTargetAsync(effect, cancellationToken)),
        MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica => _service.CallAsync($"removing {effect.Replica} of {effect.Volume}", () => RemoveAsync(effect, cancellationToken)),
        // A rebuild begins and ends by itself, and a volume runs on all replicas that have everything.
        MigrationEffect.StartCopy or MigrationEffect.SetSpeed or MigrationEffect.StopCopy or MigrationEffect.Verify or MigrationEffect.Switch => Task.CompletedTask,
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect.Effect, "not an effect"),
    };

    /// <summary>Does nothing: a rebuild has no rate.</summary>
    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken) => Task.CompletedTask;

    private VolumeFacts Facts(MayastorVolume volume) => new(
        volume.Id, volume.Labels.GetValueOrDefault("storageClass", _options.DefaultStorageClass), volume.Labels, volume.SizeBytes, [.. volume.Replicas.Select(replica => replica.Pool)],
        volume.IsOnline && volume.Replicas.Count == volume.Count && volume.Replicas.All(replica => replica.IsInSync), IsMoving: false);

    private static ReplicaView View(MayastorVolume volume, MayastorReplica replica) => new(
        replica.Id, replica.Pool, replica.IsInSync, replica.IsFaulted, replica.IsInSync,
        replica.IsInSync ? volume.SizeBytes : (long)((Int128)volume.SizeBytes * (replica.RebuiltPercent ?? 0) / 100));
}
