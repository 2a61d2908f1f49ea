using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.BackEnds.Files;

/// <summary>System calls that .NET does not offer. Source: Linux man-pages, section 2.</summary>
internal static partial class LinuxCalls
{
    public const int EPerm = 1;
    public const int ENoEnt = 2;
    public const int EIntr = 4;
    public const int EIo = 5;
    public const int EAgain = 11;
    public const int EAcces = 13;
    public const int ENotDir = 20;
    public const int EInval = 22;
    public const int ENoSpc = 28;
    public const int EROFS = 30;
    public const int EDQuot = 122;
    public const int OReadOnly = 0;
    public const int OReadWrite = 2;
    public const int OCreate = 0x40;
    public const int OCloseOnExec = 0x80000;
    /// <summary>Reads and writes go to the disk and not through the page cache.</summary>
    public static readonly int ODirect = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
    public const int SetLease = 1_024;
    public const int GetLease = 1_025;
    public const int SetSignal = 10;
    public const int WriteLease = 1;
    /// <summary>SIGURG, which nobody notices: the one that a lease sends otherwise ends the process.</summary>
    public const int UnheededSignal = 23;
    private const int DefaultMode = 0x1B0; // rw-rw----
    private const int LockExclusiveNow = 2 | 4;
    private const int AtCurrentFolder = -100;
    private const uint BasicStats = 0x7FF;
    private const int DontNeed = 4;
    private const int StatBytes = 256;
    private const int BlockBytes = 512;
    private const uint AllRights = 0xFFF; // 07777

    public static SafeFileHandle OpenFile(string path, int flags)
    {
        while (true)
        {
            var handle = Open(path, flags | OCloseOnExec, DefaultMode);
            if (!handle.IsInvalid) return handle;
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            if (error != EIntr) throw Failure("open", path, error);
        }
    }

    /// <summary>What a file looks like, and its file system's device; null when there is none.</summary>
    public static (FileStamp Stamp, uint Major, uint Minor)? Stat(string path)
    {
        Span<byte> answer = stackalloc byte[StatBytes];
        if (StatX(AtCurrentFolder, path, 0, BasicStats, answer) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is ENoEnt or ENotDir ? null : throw Failure("stat", path, error);
        }

        return (new FileStamp(Number(answer[32..]), Number(answer[40..]), Time(answer[112..]), Time(answer[96..])), Word(answer[136..]), Word(answer[140..]));

        static long Number(ReadOnlySpan<byte> at) => MemoryMarshal.Read<long>(at);
        static uint Word(ReadOnlySpan<byte> at) => MemoryMarshal.Read<uint>(at);
        static long Time(ReadOnlySpan<byte> at) => Number(at) * 1_000_000_000 + Word(at[8..]);
    }

    /// <summary>A file's length and what it takes of the disk, at the end of links. Bytes; null when there is none.</summary>
    public static (long LengthBytes, long AllocatedBytes)? SizesOf(string path)
    {
        Span<byte> answer = stackalloc byte[StatBytes];
        if (StatX(AtCurrentFolder, path, 0, BasicStats, answer) == 0) return (MemoryMarshal.Read<long>(answer[40..]), MemoryMarshal.Read<long>(answer[48..]) * BlockBytes);
        var error = Marshal.GetLastPInvokeError();
        return error is ENoEnt or ENotDir ? null : throw Failure("stat", path, error);
    }

    /// <summary>Who may do what with a file, at the end of links.</summary>
    public static FileRights RightsOf(string path)
    {
        Span<byte> answer = stackalloc byte[StatBytes];
        if (StatX(AtCurrentFolder, path, 0, BasicStats, answer) != 0) throw Failure("stat", path, Marshal.GetLastPInvokeError());
        return new FileRights(MemoryMarshal.Read<uint>(answer[20..]), MemoryMarshal.Read<uint>(answer[24..]), MemoryMarshal.Read<ushort>(answer[28..]) & AllRights);
    }

    public static void SetRights(SafeFileHandle handle, string path, FileRights rights)
    {
        // In this order: a change of the owner takes some rights away.
        if (FChOwn(handle, rights.Owner, rights.Group) != 0) throw Failure("chown", path, Marshal.GetLastPInvokeError());
        if (FChMod(handle, rights.Mode) != 0) throw Failure("chmod", path, Marshal.GetLastPInvokeError());
    }

    public static void Sync(SafeFileHandle handle, string path)
    {
        while (FSync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != EIntr) throw Failure("fsync", path, error);
        }
    }

    /// <returns>Whether the lock is ours.</returns>
    public static bool TryLock(SafeFileHandle handle, string path)
    {
        if (FLock(handle, LockExclusiveNow) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == EAgain ? false : throw Failure("flock", path, error);
    }

    public static void Rename(string from, string to)
    {
        if (RenamePath(from, to) != 0) throw Failure("rename", from, Marshal.GetLastPInvokeError());
    }

    public static void DropCache(SafeFileHandle handle, long offset, long lengthBytes) => _ = FAdvise(handle, offset, lengthBytes, DontNeed);

    public static IOException Failure(string operation, string path, int error) =>
        new($"{operation} of {path}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle handle, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FChOwn(SafeFileHandle handle, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FChMod(SafeFileHandle handle, uint mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle handle, int operation);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FAdvise(SafeFileHandle handle, long offset, long lengthBytes, int advice);
}
