using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Harness;

/// <summary>What the system keeps of files in memory.</summary>
public static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Writes the files below a folder back and lets the system forget them: the next reads come from the disk, as after a start of the machine.</summary>
    /// <remarks>Source: Linux man-pages, posix_fadvise(2): only clean pages go, so each file is synced first.</remarks>
    public static void Drop(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.FlushToDisk(file);
            var error = PosixFAdvise(file, 0, 0, DontNeed);
            if (error != 0)
            {
                throw new IOException($"posix_fadvise of {path} failed with errno {error}.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int PosixFAdvise(SafeFileHandle file, long offset, long length, int advice);
}
