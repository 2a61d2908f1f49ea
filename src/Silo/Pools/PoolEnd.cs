using Actors.Grains.Storage;
using Actors.Storage.Load;

namespace Actors.Silo.Pools;

/// <summary>One pool on a disk of this machine, looked at again and again. Used by one caller at a time.</summary>
/// <param name="pool">The pool's name.</param>
/// <param name="folder">Its folder.</param>
/// <param name="silo">This silo's name.</param>
/// <param name="activity">What is done on this machine's disks.</param>
/// <param name="time">Its monotonic clock counts.</param>
public sealed class PoolEnd(string pool, string folder, string silo, DiskActivity activity, TimeProvider time)
{
    private const int SectorBytes = 512;

    private string? _disk;
    private (long Sectors, long At)? _last;

    /// <summary>What is seen since the last look; null at the first one, and when there is nothing to compare.</summary>
    public PoolSight? Look()
    {
        // A disk may be mounted, or another one.
        var disk = activity.DiskOf(folder);
        var now = time.GetTimestamp();
        var last = disk == _disk ? _last : null;
        _disk = disk;
        if (disk is null || activity.ApplicationSectors(disk) is not (_, var sectors))
        {
            _last = null;
            return new PoolSight { Pool = pool, Silo = silo, Unknown = $"{folder} lies on no disk of {silo} that can be measured" };
        }

        _last = (sectors, now);
        return last is { } before && time.GetElapsedTime(before.At, now) is { Ticks: > 0 } passed
            ? new PoolSight { Pool = pool, Silo = silo, ApplicationBytesPerSecond = (long)(Math.Max(0, sectors - before.Sectors) * SectorBytes / passed.TotalSeconds) }
            : null;
    }
}
