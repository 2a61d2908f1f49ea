using System.Collections.Concurrent;
using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Whether turns may run on this silo now. Activations that have something to run while they must not are put aside, and queued
/// again when the lease is renewed. Safe for use from any thread.
/// </summary>
internal sealed class TurnLease(TimeProvider time)
{
    private readonly ConcurrentQueue<Activation> _aside = new();
    private long _until = long.MinValue;
    private volatile bool _ended;

    /// <summary>True when no turn may start.</summary>
    public bool IsOver => _ended || time.GetTimestamp() >= Volatile.Read(ref _until);

    /// <summary>True when no turn ever starts again.</summary>
    public bool IsEnded => _ended;

    /// <summary>Turns may run until a timestamp of the clock.</summary>
    public void Extend(long untilTimestamp)
    {
        if (untilTimestamp > Volatile.Read(ref _until))
        {
            Volatile.Write(ref _until, untilTimestamp);
            Interlocked.MemoryBarrier();
            Release();
        }
    }

    /// <summary>No turn starts any more, ever.</summary>
    public void End() => _ended = true;

    /// <summary>True when the activation's turns may run; otherwise it is queued to the thread pool when they may again.</summary>
    public bool Admits(Activation activation)
    {
        if (!IsOver || activation.Class.IsSystem)
        {
            return true;
        }

        _aside.Enqueue(activation);
        Interlocked.MemoryBarrier();
        if (!IsOver)
        {
            Release();
        }

        return false;
    }

    private void Release()
    {
        while (!_ended && _aside.TryDequeue(out Activation? activation))
        {
            ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal: false);
        }
    }
}
