using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// A lease of the kernel on a file: granted only while nobody else has the file open, whether by a descriptor, a mapping, a loop device or from another container; who
/// opens the file then waits in the kernel until the lease is given back, at most <c>/proc/sys/fs/lease-break-time</c> seconds.
/// </summary>
/// <remarks>Source: Linux man-pages, fcntl(2), "Leases".</remarks>
internal sealed class LinuxFileHold : IFileHold
{
    private readonly SafeFileHandle _handle;

    private LinuxFileHold(SafeFileHandle handle) => _handle = handle;

    public bool IsWanted => LinuxCalls.Control(_handle, LinuxCalls.GetLease, 0) != LinuxCalls.WriteLease;

    public static LinuxFileHold? Try(string path)
    {
        var handle = LinuxCalls.OpenFile(path, LinuxCalls.OReadOnly);
        _ = LinuxCalls.Control(handle, LinuxCalls.SetSignal, LinuxCalls.UnheededSignal);
        if (LinuxCalls.Control(handle, LinuxCalls.SetLease, LinuxCalls.WriteLease) == 0) return new LinuxFileHold(handle);
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error switch
        {
            LinuxCalls.EAgain => null,
            LinuxCalls.EAcces => throw new UnauthorizedAccessException($"{path} belongs to another user, so it cannot be told whether it is open: run the silo as its owner"),
            _ => throw new IOException($"the file system of {path} has no leases (errno {error}), so it cannot be told whether it is open: only volumes on local file systems move", error),
        };
    }

    public void Dispose() => _handle.Dispose();
}
