namespace Actors.Storage.BackEnds.Files;

/// <summary>What changes when a file is written to, replaced or cut.</summary>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="ModifiedNs">When its content was changed last. Nanoseconds since 1970, as fine as the file system keeps it.</param>
/// <param name="ChangedNs">When anything of it was changed last; programs cannot set it.</param>
internal sealed record FileStamp(long Inode, long LengthBytes, long ModifiedNs, long ChangedNs)
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>
    /// Whether a write to this file from now on gives another stamp: clocks of file systems tick every few milliseconds, and some every second, and writes within one
    /// tick look alike.
    /// </summary>
    /// <param name="before">A stamp of a file that was written before this stamp was taken.</param>
    public bool IsSettled(FileStamp before) =>
        ChangedNs % NanosPerSecond == 0 ? ChangedNs / NanosPerSecond < before.ChangedNs / NanosPerSecond : ChangedNs < before.ChangedNs;
}
