using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Grains.Tests.Storage;

/// <summary>
/// Pools and volumes that outlive silos, and enforce what real back ends do: nothing is removed that would lose data, and nothing is done
/// that nobody asked for. Copies go on as time passes until they are done or their rate ends; each belongs to the silo that began it, as the
/// threads and files of a process do.
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

    public void AddReplica(string name, string pool)
    {
        lock (_gate)
        {
            var volume = _volumes[name];
            volume.Replicas.Add(new($"r{volume.Replicas.Count + 1}", pool, true, false, true, volume.SizeBytes));
        }
    }

    public void Label(string volume, string name, string value)
    {
        lock (_gate) _volumes[volume].Labels[name] = value;
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
            lock (_gate)
            {
                Advance();
                return _volumes.Values.Count(volume => volume.Mover is not null);
            }
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
                    new Dictionary<string, string>(volume.Labels),
                    volume.SizeBytes,
                    [.. volume.Replicas.Where(replica => replica.IsInSync).Select(replica => replica.Pool)],
                    volume.Replicas.All(replica => replica.IsInSync),
                    IsMoving: false))]);
        }
    }

    public VolumeView? Read(string name, object silo)
    {
        lock (_gate)
        {
            Advance();
            return _volumes.TryGetValue(name, out var volume) ? new([.. volume.Replicas], volume.Active, volume.Mover == silo, volume.Mover == silo ? volume.Speed : 0, true, volume.Mover == silo ? volume.CopiedBytes : null) : null;
        }
    }

    public bool Renew(string name, CopyRate rate, object silo)
    {
        lock (_gate)
        {
            Advance();
            var isCopying = _volumes.TryGetValue(name, out var volume) && volume.Mover == silo;
            if (isCopying) Lend(volume!, rate, silo);
            return isCopying;
        }
    }

    /// <summary>Pools whose disks are dead: nothing in them is removed.</summary>
    public HashSet<string> Dead { get; } = [];

    public void Perform(VolumeEffect effect, object silo)
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
                    if (volume.Replicas.Exists(replica => !replica.IsInSync)) Sins.Add($"{effect.Volume} was given a second new replica");
                    volume.Replicas.Add(new($"n{++_made}", effect.TargetPool, false, false, false, 0));
                    break;
                case MigrationEffect.StartCopy or MigrationEffect.SetSpeed:
                    if (effect.Rate.BytesPerSecond <= 0) Sins.Add($"{effect.Volume} was copied without a share");
                    if (volume.Mover is { } other && other != silo)
                    {
                        Sins.Add($"{effect.Volume} was copied by two silos at once");
                        throw new BackEndException($"{effect.Volume} is open by another silo", isPermanent: true);
                    }

                    Lend(volume, effect.Rate, silo);
                    break;
                case MigrationEffect.StopCopy:
                    if (volume.Mover == silo) volume.Mover = null;
                    break;
                case MigrationEffect.Verify:
                    volume.Replicas[index] = volume.Replicas[index] with { IsVerified = true };
                    break;
                case MigrationEffect.Switch:
                    if (!volume.Replicas[index].IsInSync) Sins.Add($"{effect.Volume} was put onto a replica that lacks data");
                    volume.Active = effect.Replica;
                    break;
                case MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica:
                    if (index < 0) break;
                    if (effect.Effect == MigrationEffect.RemoveReplica && Dead.Contains(volume.Replicas[index].Pool)) throw new BackEndException($"the disk of {volume.Replicas[index].Pool} is dead", isPermanent: false);
                    if (volume.Active == effect.Replica || volume.Replicas.Count == 1) Sins.Add($"{effect.Volume} lost the replica that it runs on");
                    if (effect.Replica == "r1" && !volume.Replicas.Exists(replica => replica.Id != "r1" && replica.IsVerified)) Sins.Add($"{effect.Volume} lost its old replica before the new one was verified");
                    volume.Replicas.RemoveAt(index);
                    break;
            }
        }
    }

    private void Lend(Volume volume, CopyRate rate, object silo)
    {
        var now = time.GetTimestamp();
        if (volume.Mover is null) volume.CopiedBytes = 0;
        (volume.Mover, volume.Speed, volume.Since) = (silo, rate.BytesPerSecond, now);
        volume.EndsAt = now + (long)(rate.TimeToLive.TotalSeconds * time.TimestampFrequency);
        _highestRate = Math.Max(_highestRate, _volumes.Values.Where(one => one.Mover is not null).Sum(one => one.Speed));
    }

    private void Advance()
    {
        foreach (var volume in _volumes.Values.Where(volume => volume.Mover is not null))
        {
            var now = Math.Min(time.GetTimestamp(), volume.EndsAt);
            var seconds = time.GetElapsedTime(volume.Since, now).TotalSeconds;
            volume.Since = now;
            volume.CopiedBytes += (long)(volume.Speed * seconds);
            if (now == volume.EndsAt) volume.Mover = null;
            var index = volume.Replicas.FindIndex(replica => replica.Id != volume.Active && !replica.IsInSync);
            if (index < 0) continue;
            var synced = Math.Min(volume.SizeBytes, volume.Replicas[index].SyncedBytes + (long)(volume.Speed * seconds));
            volume.Replicas[index] = volume.Replicas[index] with { SyncedBytes = synced, IsInSync = synced == volume.SizeBytes };
            if (synced == volume.SizeBytes) volume.Mover = null;
        }
    }

    private sealed class Volume(string name, long sizeBytes)
    {
        public string Name => name;

        public long SizeBytes => sizeBytes;

        public Dictionary<string, string> Labels { get; } = [];

        public List<ReplicaView> Replicas { get; } = [];

        public string? Active { get; set; }

        /// <summary>The silo that copies it; null: none does.</summary>
        public object? Mover { get; set; }

        public long Speed { get; set; }

        public long Since { get; set; }

        public long EndsAt { get; set; }

        public long CopiedBytes { get; set; }
    }
}
