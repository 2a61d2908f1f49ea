using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Log;

/// <summary>System calls that .NET does not offer. Source: Linux man-pages, section 2.</summary>
internal static partial class LinuxNative
{
    public const int ENoEnt = 2;
    public const int EIntr = 4;
    public const int EAcces = 13;
    public const int ENFile = 23;
    public const int EMFile = 24;
    public const int ENoSpc = 28;
    public const int EDQuot = 122;
    public const int OReadOnly = 0;
    public const int OReadWrite = 2;
    public const int OCreate = 0x40;
    public const int OTruncate = 0x200;
    public const int OCloseOnExec = 0x80000;
    public const int EInval = 22;
    public const int DefaultMode = 0x1A4; // rw-r--r--
    public const uint SyncFileRangeWrite = 2;

    /// <summary>O_DIRECT, whose number is the processor architecture's.</summary>
    public static int ODirect => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int FDataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFs(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncFileRange(SafeFileHandle handle, long offset, long lengthBytes, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int PosixFAllocate(SafeFileHandle handle, long offset, long lengthBytes);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, int mode);
}
