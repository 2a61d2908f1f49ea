using System.Runtime.InteropServices;

namespace Actors.Storage.BackEnds.Files;

/// <summary>Memory that begins at a multiple of a page, as disks want it that are read and written past the page cache.</summary>
internal static class PageBuffer
{
    private const int PageBytes = 4_096;

    /// <summary>Makes some. It stays where it is in memory until nobody uses it.</summary>
    /// <param name="lengthBytes">A multiple of 4,096.</param>
    public static unsafe Memory<byte> Create(int lengthBytes)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(lengthBytes + PageBytes, pinned: true);
        var over = (int)((nuint)(void*)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0) % PageBytes);
        return bytes.AsMemory(over == 0 ? 0 : PageBytes - over, lengthBytes);
    }

    /// <summary>Whether a place or a length is a multiple of a page.</summary>
    public static bool IsWhole(long bytes) => bytes % PageBytes == 0;
}
