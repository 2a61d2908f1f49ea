using System.Collections.Concurrent;

namespace Actors.Storage.Load;

/// <summary>
/// What applications do on the disks of this machine: all that the kernel counts, less what the copies of this process say that they do. Copies of other
/// processes on the machine count as applications. Safe to use from any thread.
/// </summary>
/// <param name="disks">The disks.</param>
public sealed class DiskActivity(IDisks disks)
{
    private const int SectorBytes = 512;

    private readonly ConcurrentDictionary<string, Own> _own = new(StringComparer.Ordinal);

    /// <summary>The disk on which a folder or file lies; null when it lies on none that can be measured.</summary>
    public string? DiskOf(string path) => disks.DiskOf(path);

    /// <summary>A copy begins to read or write something.</summary>
    /// <param name="disk">The disk; null: none that is measured.</param>
    /// <param name="bytes">How much.</param>
    public void Begin(string? disk, long bytes)
    {
        if (disk is not null) Interlocked.Add(ref OwnOf(disk).BegunBytes, bytes);
    }

    /// <summary>It has done so, or failed to.</summary>
    public void End(string? disk, long bytes)
    {
        if (disk is not null) Interlocked.Add(ref OwnOf(disk).EndedBytes, bytes);
    }

    /// <summary>
    /// Sectors of 512 bytes that others have read and written since the machine was started; only differences mean something. What copies have begun and not ended may be
    /// among the disk's sectors or not, so the truth lies between the two. Null when the disk does not say.
    /// </summary>
    public (long Least, long Most)? ApplicationSectors(string disk)
    {
        // In this order, whatever is done meanwhile widens the range.
        var own = OwnOf(disk);
        var ended = Interlocked.Read(ref own.EndedBytes);
        if (disks.Read(disk) is not { } reading) return null;
        var all = reading.ReadSectors + reading.WrittenSectors;
        return (all - Interlocked.Read(ref own.BegunBytes) / SectorBytes, all - ended / SectorBytes);
    }

    private Own OwnOf(string disk) => _own.GetOrAdd(disk, static _ => new Own());

    private sealed class Own
    {
        public long BegunBytes;
        public long EndedBytes;
    }
}
