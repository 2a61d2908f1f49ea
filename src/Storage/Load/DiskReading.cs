namespace Actors.Storage.Load;

/// <summary>What a disk has done since the machine was started. Sectors of 512 bytes.</summary>
/// <param name="ReadSectors">Read by anybody.</param>
/// <param name="WrittenSectors">Written by anybody.</param>
public readonly record struct DiskReading(long ReadSectors, long WrittenSectors);
