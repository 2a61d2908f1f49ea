using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Grains.Tests.Storage;

/// <summary>
/// Pools and volumes that outlive silos, and enforce what real back ends do: nothing is removed that would lose data, and nothing is done
/// that nobody asked for. Copies go on as time passes.
/// </summary>
internal sealed class VolumeWorld(TimeProvider time)
{
    public const long Gigabyte = 1_000_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PoolFacts> _pools = [];
    private readonly SortedDictionary<string, Volume> _volumes = new(StringComparer.Ordinal);
    private readonly List<string> _effects = [];
    private int _made;
    private long _highestRate;

    /// <summary>Effects that were performed, in order: volume, effect.</summary>
    public IReadOnlyList<string> Effects
    {
        get
        {
            lock (_gate) return [.. _effects];
        }
    }

    /// <summary>What was done that must not be; empty in a good run.</summary>
    public List<string> Sins { get; } = [];

    /// <summary>What a listing throws; null: nothing.</summary>
    public BackEndException? ListFailure { get; set; }

    /// <summary>What an effect throws; null: nothing.</summary>
    public Func<VolumeEffect, Exception?>? Fails { get; set; }

    /// <summary>The highest sum of rates that copies had at a moment.</summary>
    public long HighestRate
    {
        get
        {
            lock (_gate) return _highestRate;
        }
    }

    public void AddPool(string name, string node, string tier, long capacityBytes = 1_000 * Gigabyte)
    {
        lock (_gate) _pools.Add(name, new PoolFacts(name, node, new Dictionary<string, string> { ["tier"] = tier }, true, capacityBytes, capacityBytes));
    }

    public void AddVolume(string name, string pool, long sizeBytes = 10 * Gigabyte)
    {
        lock (_gate) _volumes.Add(name, new Volume(name, sizeBytes) { Active = "r1", Replicas = { new ReplicaView("r1", pool, true, false, true, sizeBytes) } });
    }

    public void RemoveVolume(string name)
    {
        lock (_gate) _volumes.Remove(name);
    }

    public string[] PoolsOf(string volume)
    {
        lock (_gate) return [.. _volumes[volume].Replicas.Select(replica => replica.Pool)];
    }

    public int Copying
    {
        get
        {
            lock (_gate) return _volumes.Values.Count(volume => volume.IsCopying);
        }
    }

    public BackEndInventory List()
    {
        lock (_gate)
        {
            if (ListFailure is { } failure) throw failure;
            Advance();
            return new(
                [.. _pools.Values.Select(pool => pool with { FreeBytes = pool.CapacityBytes - _volumes.Values.Sum(volume => volume.Replicas.Count(replica => replica.Pool == pool.Name) * volume.SizeBytes) })],
                [.. _volumes.Values.Select(volume => new VolumeFacts(
                    volume.Name,
                    "mayastor",
                    new Dictionary<string, string>(),
                    volume.SizeBytes,
                    [.. volume.Replicas.Where(replica => replica.IsInSync).Select(replica => replica.Pool)],
                    volume.Replicas.All(replica => replica.IsInSync),
                    IsMoving: false))]);
        }
    }

    public VolumeView? Read(string name)
    {
        lock (_gate)
        {
            Advance();
            return _volumes.TryGetValue(name, out var volume) ? new([.. volume.Replicas], volume.Active, volume.IsCopying, volume.Speed, true) : null;
        }
    }

    public void Perform(VolumeEffect effect)
    {
        lock (_gate)
        {
            Advance();
            _effects.Add($"{effect.Volume} {effect.Effect}");
            if (Fails?.Invoke(effect) is { } failure) throw failure;
            var volume = _volumes[effect.Volume];
            var index = volume.Replicas.FindIndex(replica => replica.Id == effect.Replica);
            switch (effect.Effect)
            {
                case MigrationEffect.CreateTarget:
                    if (volume.Replicas.Count > 1) Sins.Add($"{effect.Volume} was given a second new replica");
                    volume.Replicas.Add(new($"n{++_made}", effect.TargetPool, false, false, false, 0));
                    break;
                case MigrationEffect.StartCopy or MigrationEffect.SetSpeed:
                    if (effect.Rate.BytesPerSecond <= 0) Sins.Add($"{effect.Volume} was copied without a share");
                    (volume.IsCopying, volume.Speed, volume.Since) = (true, effect.Rate.BytesPerSecond, time.GetTimestamp());
                    _highestRate = Math.Max(_highestRate, _volumes.Values.Where(one => one.IsCopying).Sum(one => one.Speed));
                    break;
                case MigrationEffect.StopCopy:
                    (volume.IsCopying, volume.Speed) = (false, 0);
                    break;
                case MigrationEffect.Verify:
                    volume.Replicas[index] = volume.Replicas[index] with { IsVerified = true };
                    break;
                case MigrationEffect.Switch:
                    if (!volume.Replicas[index].IsInSync) Sins.Add($"{effect.Volume} was put onto a replica that lacks data");
                    volume.Active = effect.Replica;
                    break;
                case MigrationEffect.RemoveReplica:
                    if (index < 0) break;
                    if (volume.Active == effect.Replica || volume.Replicas.Count == 1) Sins.Add($"{effect.Volume} lost the replica that it runs on");
                    if (effect.Replica == "r1" && !volume.Replicas.Exists(replica => replica.Id != "r1" && replica.IsVerified)) Sins.Add($"{effect.Volume} lost its old replica before the new one was verified");
                    volume.Replicas.RemoveAt(index);
                    break;
            }
        }
    }

    private void Advance()
    {
        var now = time.GetTimestamp();
        foreach (var volume in _volumes.Values.Where(volume => volume.IsCopying))
        {
            var seconds = time.GetElapsedTime(volume.Since, now).TotalSeconds;
            volume.Since = now;
            var index = volume.Replicas.FindIndex(replica => replica.Id != volume.Active && !replica.IsInSync);
            if (index < 0) continue;
            var synced = Math.Min(volume.SizeBytes, volume.Replicas[index].SyncedBytes + (long)(volume.Speed * seconds));
            volume.Replicas[index] = volume.Replicas[index] with { SyncedBytes = synced, IsInSync = synced == volume.SizeBytes };
            if (synced == volume.SizeBytes) (volume.IsCopying, volume.Speed) = (false, 0);
        }
    }

    private sealed class Volume(string name, long sizeBytes)
    {
        public string Name => name;

        public long SizeBytes => sizeBytes;

        public List<ReplicaView> Replicas { get; } = [];

        public string? Active { get; set; }

        public bool IsCopying { get; set; }

        public long Speed { get; set; }

        public long Since { get; set; }
    }
}
