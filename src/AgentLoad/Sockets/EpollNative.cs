using System.Runtime.InteropServices;

namespace Actors.AgentLoad.Sockets;

/// <summary>Linux' epoll(7).</summary>
internal static partial class EpollNative
{
    public const int Add = 1;
    public const int Change = 3;
    public const uint In = 0x001;
    public const uint Out = 0x004;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(int epoll, int operation, int descriptor, ref byte settings);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Poll(int epoll, ref byte events, int capacity, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
