using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Actors.AgentLoad.Sockets;

/// <summary>
/// Tells one thread which of thousands of sockets can be read or written: a system call for many of them, no thread pool, no buffers.
/// A socket that is closed leaves by itself.
/// </summary>
internal sealed class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const int Capacity = 512;

    /// <summary>The kernel packs its events on x86 only.</summary>
    private static readonly int DataAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly int EventBytes = DataAt + sizeof(long);

    private readonly byte[] _events = new byte[Capacity * EventBytes];
    private readonly int _descriptor;

    /// <exception cref="Win32Exception">The system gives none.</exception>
    public Epoll()
    {
        _descriptor = EpollNative.Create(CloseOnExec);
        if (_descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Watches a socket for something to read, and for room to write.</summary>
    /// <param name="data">Comes back with its events.</param>
    public void Add(Socket socket, long data, bool isWriting) => Control(EpollNative.Add, socket, data, isWriting);

    /// <summary>Changes what a socket is watched for.</summary>
    public void Change(Socket socket, long data, bool isWriting) => Control(EpollNative.Change, socket, data, isWriting);

    /// <summary>Waits for events; errors and ends count as something to read and to write.</summary>
    /// <param name="timeoutMs">At most so long; 0 does not wait.</param>
    /// <returns>How many there are.</returns>
    public int Poll(int timeoutMs)
    {
        var count = EpollNative.Poll(_descriptor, ref _events[0], Capacity, timeoutMs);
        if (count >= 0)
            return count;
        var error = Marshal.GetLastPInvokeError();
        return error == Interrupted ? 0 : throw new Win32Exception(error);
    }

    /// <summary>One of the events of the last poll.</summary>
    public (long Data, bool CanWrite) this[int index]
    {
        get
        {
            var entry = _events.AsSpan(index * EventBytes, EventBytes);
            var what = MemoryMarshal.Read<uint>(entry);
            return (MemoryMarshal.Read<long>(entry[DataAt..]), (what & ~EpollNative.In) != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = EpollNative.Close(_descriptor);

    private void Control(int operation, Socket socket, long data, bool isWriting)
    {
        Span<byte> entry = stackalloc byte[16];
        MemoryMarshal.Write(entry, EpollNative.In | (isWriting ? EpollNative.Out : 0));
        MemoryMarshal.Write(entry[DataAt..], data);
        if (EpollNative.Control(_descriptor, operation, (int)socket.SafeHandle.DangerousGetHandle(), ref entry[0]) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
