using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Log;

/// <summary>A file of the running system.</summary>
internal sealed class LinuxFile(string path, SafeFileHandle handle) : IFile
{
    private const int ZeroChunkBytes = 1 << 20;
    private const int PageBytes = 4_096;

    public string Path { get; } = path;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    public int Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
            return bytes.Length;
        }
        catch (IOException e) when (Shortage.From(e.HResult, Path, e) is { } shortage)
        {
            throw shortage;
        }
    }

    public void SetLength(long lengthBytes) => RandomAccess.SetLength(handle, lengthBytes);

    /// <remarks>
    /// Space that is only reserved is "unwritten" to the file system: the first write to it changes metadata, and the fdatasync
    /// after it waits for a journal commit. So the new part is filled with zeros for good.
    /// </remarks>
    public void Allocate(long lengthBytes)
    {
        int error;
        do
            error = LinuxNative.PosixFAllocate(handle, 0, lengthBytes);
        while (error == LinuxNative.EIntr);
        if (error != 0)
            throw LinuxFileSystem.Failure(error, "posix_fallocate", Path);

        byte[] memory = GC.AllocateArray<byte>(ZeroChunkBytes + PageBytes, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        ReadOnlySpan<byte> zeros = memory.AsSpan((int)(-address & (PageBytes - 1)), ZeroChunkBytes);
        for (long at = 0; at < lengthBytes; at += zeros.Length)
            this.WriteAll(zeros[..(int)Math.Min(zeros.Length, lengthBytes - at)], at);
    }

    public void Sync()
    {
        while (LinuxNative.FDataSync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != LinuxNative.EIntr)
                throw LinuxFileSystem.Failure(error, "fdatasync", Path);
        }
    }

    public void StartWriteback(long offset, long lengthBytes) =>
        _ = LinuxNative.SyncFileRange(handle, offset, lengthBytes, LinuxNative.SyncFileRangeWrite);

    public void Dispose() => handle.Dispose();
}
