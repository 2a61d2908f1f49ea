using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Bench.LogLoad;

/// <summary>The two system calls that the floor needs and the framework does not offer.</summary>
internal static partial class Disk
{
    /// <summary>Syncs a file's data, and waits for as long as a slower disk would.</summary>
    /// <param name="file">The file to sync.</param>
    /// <param name="extraMicroseconds">Added to the disk's own time; 0 for none.</param>
    /// <exception cref="IOException">The sync failed.</exception>
    public static void Sync(SafeFileHandle file, uint extraMicroseconds)
    {
        if (FDataSync(file) != 0)
        {
            throw new IOException($"fdatasync failed with errno {Marshal.GetLastPInvokeError()}");
        }

        Wait(extraMicroseconds);
    }

    /// <summary>Keeps the thread for as long as a slower disk would.</summary>
    public static void Wait(uint microseconds)
    {
        if (microseconds > 0)
        {
            _ = USleep(microseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "usleep", SetLastError = true)]
    private static partial int USleep(uint microseconds);
}
