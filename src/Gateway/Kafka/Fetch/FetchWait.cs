using Actors.Grains.Partitions;

namespace Actors.Gateway.Kafka;

/// <summary>A fetch that waits for records: signalled by its replicas, by its time-out, or by the end of its connection.</summary>
internal sealed class FetchWait : TimerWheel.Entry, IFetchWaiter
{
    private volatile TaskCompletionSource _signal = NewSignal();

    /// <summary>The time is over or the connection ends: what there is must do.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Completes at the next signal, or at once when there was one since <see cref="Rearm"/>.</summary>
    public Task Signal => _signal.Task;

    /// <summary>Forgets the signals so far; called before looking again, so that no later one is lost.</summary>
    public void Rearm()
    {
        if (!IsOver)
            _signal = NewSignal();
    }

    public void OnProgress(Replica replica) => _signal.TrySetResult();

    /// <summary>Ends the wait. Any thread.</summary>
    public void End()
    {
        IsOver = true;
        _signal.TrySetResult();
    }

    protected internal override void OnDue() => End();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
