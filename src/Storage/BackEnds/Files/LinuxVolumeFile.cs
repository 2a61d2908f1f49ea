using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// A file of the running system. Whole pages between places in memory and in the file that are multiples of a page go past the page cache, where the file system offers it: what
/// applications hold there stays, no queue of written pages builds up that a sync would have to wait for, and the disk is read and written at the pace of the calls.
/// </summary>
/// <remarks>The kernel keeps both ways to a file coherent.</remarks>
internal sealed class LinuxVolumeFile : IVolumeFile
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly SafeFileHandle? _direct;
    private volatile bool _isDirectRefused;

    /// <param name="path">The file.</param>
    /// <param name="handle">Open to read, or to read and write; disposed of with this.</param>
    /// <param name="flags">How it was opened.</param>
    public LinuxVolumeFile(string path, SafeFileHandle handle, int flags)
    {
        (_path, _handle) = (path, handle);
        try
        {
            _direct = LinuxCalls.OpenFile(path, (flags & LinuxCalls.OReadWrite) | LinuxCalls.ODirect);
        }
        catch (IOException)
        {
            // This file system has only the one way.
        }
    }

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(Span<byte> buffer, long offset)
    {
        if (DirectFor(buffer, offset) is { } direct)
        {
            try
            {
                return Read(direct, buffer, offset);
            }
            catch (IOException refused) when (IsRefusal(refused))
            {
                _isDirectRefused = true;
            }
        }

        return Read(_handle, buffer, offset);
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (DirectFor(bytes, offset) is { } direct)
        {
            try
            {
                RandomAccess.Write(direct, bytes, offset);
                return;
            }
            catch (IOException refused) when (IsRefusal(refused))
            {
                _isDirectRefused = true;
            }
        }

        RandomAccess.Write(_handle, bytes, offset);
    }

    public void SetLength(long lengthBytes) => RandomAccess.SetLength(_handle, lengthBytes);

    public void SetRights(FileRights rights)
    {
        if (LinuxCalls.RightsOf(_path) != rights) LinuxCalls.SetRights(_handle, _path, rights);
    }

    public void Sync() => LinuxCalls.Sync(_handle, _path);

    public void DropCache(long offset, long lengthBytes) => LinuxCalls.DropCache(_handle, offset, lengthBytes);

    public void Dispose()
    {
        _direct?.Dispose();
        _handle.Dispose();
    }

    private static int Read(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(handle, buffer[read..], offset + read) is > 0 and var more) read += more;
        return read;
    }

    private static bool IsRefusal(IOException failure) => failure.HResult == LinuxCalls.EInval;

    private unsafe SafeFileHandle? DirectFor(ReadOnlySpan<byte> memory, long offset) =>
        !_isDirectRefused && PageBuffer.IsWhole(offset) && PageBuffer.IsWhole(memory.Length) && PageBuffer.IsWhole((long)Unsafe.AsPointer(ref Unsafe.AsRef(in memory.GetPinnableReference()))) ? _direct : null;
}
