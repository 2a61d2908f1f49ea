using Actors.Grains.Partitions;

namespace Actors.Gateway.Kafka;

/// <summary>A fetch that waits for records: signalled by its replicas, by its time-out, or by the end of its connection.</summary>
internal sealed class FetchWait : TimerWheel.Entry, IFetchWaiter
{
    private TaskCompletionSource _signal = NewSignal();
    private volatile bool _isOver;

    /// <summary>The time is over or the connection ends: what there is must do.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes at the next signal, or at once when there was one since <see cref="Rearm"/>.</summary>
    public Task Signal => Volatile.Read(ref _signal).Task;

    /// <summary>Forgets the signals so far; called before looking again, so that no later one is lost.</summary>
    /// <remarks>
    /// Both sides write, pass a full fence and only then read: either the end finds the new signal, or the next look at
    /// <see cref="IsOver"/> sees the end.
    /// </remarks>
    public void Rearm()
    {
        if (!_isOver)
            Interlocked.Exchange(ref _signal, NewSignal());
    }

    public void OnProgress(Replica replica) => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Ends the wait. Any thread.</summary>
    public void End()
    {
        _isOver = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _signal).TrySetResult();
    }

    protected internal override void OnDue() => End();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
