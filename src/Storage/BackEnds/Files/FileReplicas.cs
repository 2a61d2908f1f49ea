using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Files;

/// <summary>Replicas as files in pools: where they lie, what room there is, how they are made and removed. Shared by the back ends whose replicas are files.</summary>
internal sealed class FileReplicas(IVolumeFiles files, FilePools pools, FileVolumes volumes)
{
    private static readonly Dictionary<string, string> NoLabels = [];

    private readonly Lock _placing = new();

    /// <summary>Makes a volume of zeros.</summary>
    /// <exception cref="BackEndException">There is such a volume, or the pool does not take it.</exception>
    public void CreateVolume(string name, string storageClass, IReadOnlyDictionary<string, string> labels, string pool, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        lock (_placing)
        {
            if (volumes.Read(name) is not null) throw new BackEndException($"there is a volume {name} already", isPermanent: true);
            var place = RequireRoom(pools.Read(), pool, sizeBytes);
            var first = new ReplicaDescriptor { Id = "r1", Pool = pool };
            if (files.Stamp(place.FileOf(name, first.Id)) is not null)
                throw new BackEndException($"{place.FileOf(name, first.Id)} is there already and belongs to no volume: look at it, and remove it", isPermanent: true);
            MakeFile(place, place.FileOf(name, first.Id), sizeBytes);
            volumes.Create(new() { Name = name, StorageClass = storageClass, Labels = labels, LastReplica = 1, Replicas = [first] }, place.FileOf(name, first.Id));
        }
    }

    /// <summary>Makes the new replica, unless there is one in the pool.</summary>
    /// <param name="effect">The volume, the source's pool and the target's.</param>
    /// <param name="check">Looks at the source's file before anything is made.</param>
    public void CreateTarget(VolumeEffect effect, Action<string> check)
    {
        var all = pools.Read();
        lock (_placing)
        {
            var volume = volumes.Read(effect.Volume) ?? throw FileVolumes.Missing(effect.Volume);
            if (volume.Replicas.Any(replica => replica.Pool == effect.TargetPool)) return;
            var source = volume.Replicas.FirstOrDefault(replica => replica.Pool == effect.SourcePool)
                ?? throw new BackEndException($"{effect.Volume} has no replica in {effect.SourcePool}", isPermanent: true);
            var file = FileOf(volume.Name, source, all);
            if (volumes.ActiveOf(volume.Name) == source.Id) RequireLed(volume.Name, source, all);
            check(file);
            var size = files.Stamp(file)?.LengthBytes ?? throw new BackEndException($"{file} is missing: bring it back, or the pool's disk", isPermanent: false);
            var target = RequireRoom(all, effect.TargetPool, size);
            var changed = volumes.Change(volume.Name, before => before with
            {
                LastReplica = before.LastReplica + 1,
                Replicas = [.. before.Replicas, new() { Id = $"r{before.LastReplica + 1}", Pool = effect.TargetPool, Copy = new() { Source = source.Id } }],
            });
            MakeFile(target, target.FileOf(volume.Name, changed.Replicas[^1].Id), size, files.RightsOf(file));
        }
    }

    /// <summary>Removes a replica's file, and then what the descriptor says of it.</summary>
    /// <remarks>Before it, the name of the active one's file and the link to it are made durable: whoever made them may have died before that.</remarks>
    public void Remove(VolumeDescriptor volume, ReplicaDescriptor removed, string active)
    {
        var all = pools.Read();
        var file = FileOf(volume.Name, removed, all);
        var kept = volume.Find(active) ?? throw new BackEndException($"{volume.Name} has no replica {active}", isPermanent: true);
        files.SyncFolder(Path.GetDirectoryName(FileOf(volume.Name, kept, all))!);
        volumes.SyncLink(volume.Name);
        files.Delete(file);
        files.SyncFolder(Path.GetDirectoryName(file)!);
        Drop(volume.Name, removed.Id, active);
    }

    /// <summary>Drops a replica whose pool is away.</summary>
    /// <returns>False when its pool is not away: then it can be removed.</returns>
    public bool Forget(VolumeDescriptor volume, ReplicaDescriptor forgotten, string active)
    {
        if (pools.Read().FirstOrDefault(pool => pool.Name == forgotten.Pool) is { Problem: null }) return false;
        if (active == forgotten.Id) throw new BackEndException($"{volume.Name} runs on {active}, which is not forgotten", isPermanent: true);
        Drop(volume.Name, forgotten.Id, active);
        return true;
    }

    /// <summary>Takes a replica out of the descriptor; what is left of its file belongs to no volume.</summary>
    public void Drop(string volume, string replica, string active) => volumes.Change(volume, before => before with
    {
        Replicas = [.. before.Replicas.Where(other => other.Id != replica).Select(other => other.Copy?.Source == replica && other.Id == active ? other with { Copy = null } : other)],
    });

    /// <summary>A replica's file; its pool is there.</summary>
    public static string FileOf(string volume, ReplicaDescriptor replica, IReadOnlyList<FilePool> pools)
    {
        var pool = pools.FirstOrDefault(pool => pool.Name == replica.Pool);
        return pool is { Problem: null } ? pool.FileOf(volume, replica.Id)
            : throw new BackEndException($"the pool {replica.Pool}, in which {replica.Id} of {volume} lies, is not usable: {pool?.Problem ?? "its folder is in none of the options"}", isPermanent: false);
    }

    /// <summary>Refuses a volume whose link leads to another file than the one that its descriptor and the options name, as after a pool's folder was copied elsewhere.</summary>
    /// <exception cref="BackEndException">It does; nobody knows which of the two is the volume.</exception>
    public void RequireLed(string volume, ReplicaDescriptor active, IReadOnlyList<FilePool> all)
    {
        if (all.FirstOrDefault(pool => pool.Name == active.Pool) is not { Problem: null } pool || volumes.TargetOf(volume) is not { } led) return;
        var file = Path.GetFullPath(pool.FileOf(volume, active.Id));
        if (led == file || (files.Stamp(file) is { } stamp && stamp == files.Stamp(led))) return; // or the same file under two names
        throw new BackEndException(
            $"{volumes.LinkOf(volume)} leads to {led}, and {active.Id} of {volume} in the pool {active.Pool} is {file}: look at both, and make the link lead to the right one or name its folder in the options",
            isPermanent: true);
    }

    /// <summary>What a replica's file looks like; null when it or its pool is away.</summary>
    public FileStamp? StampOf(string volume, ReplicaDescriptor replica, IReadOnlyList<FilePool> all) =>
        all.FirstOrDefault(pool => pool.Name == replica.Pool) is { Problem: null } pool ? files.Stamp(pool.FileOf(volume, replica.Id)) : null;

    /// <summary>Whether a pool holds a replica, or takes one of so many bytes.</summary>
    public bool IsUsable(string name, IReadOnlyList<FilePool> all, VolumeDescriptor volume, long lengthBytes) =>
        all.FirstOrDefault(pool => pool.Name == name) is { Problem: null } pool
        && (volume.Replicas.Any(replica => replica.Pool == name) || (!pool.Descriptor!.IsClosed && pools.RoomOf(pool).FreeBytes >= lengthBytes));

    /// <summary>A pool as the planner sees it.</summary>
    public PoolFacts Facts(FilePool pool)
    {
        var (capacity, free) = (0L, 0L);
        var isReachable = pool.Problem is null;
        try
        {
            if (isReachable) (capacity, free) = pools.RoomOf(pool);
        }
        catch (IOException)
        {
            isReachable = false;
        }

        return new PoolFacts(pool.Name, pool.Descriptor?.Node ?? "", pool.Descriptor?.Labels ?? NoLabels, isReachable && !pool.Descriptor!.IsClosed, capacity, free);
    }

    /// <summary>A volume that cannot be read: it is shown, and is nothing that any policy selects.</summary>
    public static VolumeFacts Unreadable(string name) => new(name, "", NoLabels, 0, [], IsHealthy: false, IsMoving: false);

    private FilePool RequireRoom(IReadOnlyList<FilePool> all, string name, long sizeBytes)
    {
        var pool = all.FirstOrDefault(pool => pool.Name == name) ?? throw new BackEndException($"there is no pool {name}: its folder is in none of the options", isPermanent: true);
        if (pool.Problem is not null) throw new BackEndException($"the pool {name} is not usable: {pool.Problem}", isPermanent: false);
        if (pool.Descriptor!.IsClosed) throw new BackEndException($"the pool {name} is closed: open it in its {FilePools.Descriptor}, or take another", isPermanent: true);
        var (_, free) = pools.RoomOf(pool);
        return free >= sizeBytes ? pool
            : throw new BackEndException(FormattableString.Invariant($"the pool {name} has {free} bytes left and {sizeBytes} are needed: free some, or raise its capacityBytes"), isPermanent: true);
    }

    private void MakeFile(FilePool pool, string path, long sizeBytes, FileRights? rights = null)
    {
        using (var file = files.OpenToFill(path))
        {
            if (rights is { } asBefore) file.SetRights(asBefore);
            file.SetLength(sizeBytes);
            file.Sync();
        }

        files.SyncFolder(pool.Folder);
    }
}
