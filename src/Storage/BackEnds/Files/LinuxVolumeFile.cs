using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.BackEnds.Files;

/// <summary>A file of the running system.</summary>
internal sealed class LinuxVolumeFile(string path, SafeFileHandle handle) : IVolumeFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(handle, buffer[read..], offset + read) is > 0 and var more) read += more;
        return read;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    public void SetLength(long lengthBytes) => RandomAccess.SetLength(handle, lengthBytes);

    public void SetRights(FileRights rights)
    {
        if (LinuxCalls.RightsOf(path) != rights) LinuxCalls.SetRights(handle, path, rights);
    }

    public void Sync() => LinuxCalls.Sync(handle, path);

    public void DropCache(long offset, long lengthBytes) => LinuxCalls.DropCache(handle, offset, lengthBytes);

    public void Dispose() => handle.Dispose();
}
