using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Log;

/// <summary>syncfs on a folder's file system.</summary>
internal sealed class LinuxWholeSync(string directory, SafeFileHandle handle) : IWholeSync
{
    public void Sync()
    {
        while (LinuxNative.SyncFs(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != LinuxNative.EIntr)
                throw LinuxFileSystem.Failure(error, "syncfs", directory);
        }
    }

    public void Dispose() => handle.Dispose();
}
