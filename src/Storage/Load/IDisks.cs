namespace Actors.Storage.Load;

/// <summary>The disks of this machine. Any thread may call.</summary>
public interface IDisks
{
    /// <summary>The disk on which a folder lies; null when it lies on none, as on a network's file system.</summary>
    string? DiskOf(string folder);

    /// <summary>What a disk has done; null when it is gone, or does not say.</summary>
    DiskReading? Read(string disk);
}
