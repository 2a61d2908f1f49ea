namespace Actors.Storage.BackEnds;

/// <summary>A back end whose copies run in this process, go by a new rate within milliseconds, and count what they do on disks (<see cref="Load.DiskActivity"/>).</summary>
public interface ICopyMeter
{
    /// <summary>What the volume's copy has copied since it was started. Bytes; null when none runs.</summary>
    long? CopiedBytes(string volume);
}
