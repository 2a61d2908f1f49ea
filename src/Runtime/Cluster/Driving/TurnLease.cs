using System.Collections.Concurrent;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Watch;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Whether turns may run on this silo now. Activations that have something to run while they must not are put aside, and queued
/// again when the lease is renewed. Their calls grow too old like all others. Safe for use from any thread.
/// </summary>
internal sealed class TurnLease(TimeProvider time, Overseer overseer) : IOverseen
{
    private readonly ConcurrentQueue<Activation> _aside = new();
    private int _watched;
    private long _until = long.MinValue;
    private volatile bool _ended;

    /// <summary>How many activations are put aside.</summary>
    public int Aside => _aside.Count;

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

    /// <summary>No turn starts any more, ever. Who was put aside is queued, to reject its calls.</summary>
    public void End()
    {
        _ended = true;
        Interlocked.MemoryBarrier();
        Release();
    }

    /// <summary>True when the activation's turns may run; otherwise it is queued to the thread pool when they may again.</summary>
    public bool Admits(Activation activation)
    {
        if (!IsOver || activation.Class.IsSystem)
        {
            return true;
        }

        _aside.Enqueue(activation);
        Interlocked.MemoryBarrier();
        if (!IsOver || _ended)
        {
            Release();
        }
        else if (Interlocked.Exchange(ref _watched, 1) == 0)
        {
            overseer.Watch(this);
        }

        return false;
    }

    /// <summary>Answers the calls that are too old of those that were put aside.</summary>
    public bool Inspect(long nowMs)
    {
        foreach (Activation activation in _aside)
        {
            activation.Expire(nowMs);
        }

        if (!_aside.IsEmpty)
        {
            return true;
        }

        // The mark goes first: who is put aside now either sees no mark and registers, or is seen.
        Interlocked.Exchange(ref _watched, 0);
        return !_aside.IsEmpty && Interlocked.Exchange(ref _watched, 1) == 0;
    }

    private void Release()
    {
        while (_aside.TryDequeue(out Activation? activation))
        {
            ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal: false);
        }
    }
}
