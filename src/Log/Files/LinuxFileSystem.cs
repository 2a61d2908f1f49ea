using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Log;

/// <summary>The running system's files.</summary>
public sealed class LinuxFileSystem : IFileSystem
{
    /// <summary>The only instance; it holds no state.</summary>
    public static LinuxFileSystem Instance { get; } = new();

    private LinuxFileSystem()
    {
    }

    public IFile Open(string path, FileOpening opening)
    {
        FileMode mode = opening switch
        {
            FileOpening.Existing => FileMode.Open,
            FileOpening.CreateIfMissing => FileMode.OpenOrCreate,
            _ => FileMode.Create,
        };
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            return new LinuxFile(path, handle);
        }
        catch (IOException e) when (Shortage.From(e.HResult, path, e) is { } shortage)
        {
            throw shortage;
        }
    }

    public IFile OpenDirect(string path, FileOpening opening)
    {
        int flags = LinuxNative.OReadWrite | LinuxNative.OCloseOnExec | LinuxNative.ODirect | opening switch
        {
            FileOpening.CreateIfMissing => LinuxNative.OCreate,
            FileOpening.Create => LinuxNative.OCreate | LinuxNative.OTruncate,
            _ => 0,
        };
        int error = Open(path, flags, out SafeFileHandle handle);
        return error switch
        {
            0 => new LinuxFile(path, handle),
            LinuxNative.EInval => Open(path, opening),
            _ => throw Failure(error, "open", path),
        };
    }

    public bool TryGetLength(string path, out long lengthBytes)
    {
        var info = new FileInfo(path);
        lengthBytes = info.Exists ? info.Length : 0;
        return info.Exists;
    }

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public IReadOnlyList<string> ListFiles(string directory) => List(directory, d => d.EnumerateFiles());

    public IReadOnlyList<string> ListDirectories(string directory) => List(directory, d => d.EnumerateDirectories());

    public void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (IOException e) when (Shortage.From(e.HResult, path, e) is { } shortage)
        {
            throw shortage;
        }
    }

    public void Rename(string from, string to)
    {
        try
        {
            if (Directory.Exists(from))
                Directory.Move(from, to);
            else
                File.Move(from, to, overwrite: true);
        }
        catch (IOException e) when (Shortage.From(e.HResult, to, e) is { } shortage)
        {
            throw shortage;
        }
    }

    public void DeleteFile(string path)
    {
        if (File.Exists(path))
            File.Delete(path);
    }

    public void DeleteDirectory(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
        catch (IOException e) when (Shortage.From(e.HResult, path, e) is { } shortage)
        {
            throw shortage;
        }
    }

    public void SyncDirectory(string path)
    {
        using SafeFileHandle handle = OpenFolder(path);
        while (LinuxNative.FSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != LinuxNative.EIntr)
                throw Failure(error, "fsync", path);
        }
    }

    public IWholeSync OpenWholeSync(string directory) => new LinuxWholeSync(directory, OpenFolder(directory));

    public long GetFreeBytes(string directory) => new DriveInfo(System.IO.Path.GetFullPath(directory)).AvailableFreeSpace;

    internal static IOException Failure(int error, string operation, string path) =>
        Shortage.From(error, path) ?? new IOException($"{operation} of {path}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).", error);

    private static string[] List(string directory, Func<DirectoryInfo, IEnumerable<FileSystemInfo>> entries)
    {
        try
        {
            return Directory.Exists(directory) ? [.. entries(new DirectoryInfo(directory)).Select(e => e.Name)] : [];
        }
        catch (IOException e) when (Shortage.From(e.HResult, directory, e) is { } shortage)
        {
            throw shortage;
        }
    }

    private static SafeFileHandle OpenFolder(string path) =>
        Open(path, LinuxNative.OReadOnly | LinuxNative.OCloseOnExec, out SafeFileHandle handle) switch
        {
            0 => handle,
            LinuxNative.ENoEnt => throw new DirectoryNotFoundException($"{path} is missing."),
            LinuxNative.EAcces => throw new UnauthorizedAccessException($"{path} may not be read."),
            int error => throw Failure(error, "open", path),
        };

    /// <returns>The error number; 0 when the handle is open.</returns>
    private static int Open(string path, int flags, out SafeFileHandle handle)
    {
        while (true)
        {
            handle = LinuxNative.Open(path, flags, LinuxNative.DefaultMode);
            if (!handle.IsInvalid)
                return 0;
            int error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            if (error != LinuxNative.EIntr)
                return error;
        }
    }
}
