using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Watch;

/// <summary>
/// Once a second: moves the silo's coarse clock, and looks through the activations that somebody waits for, and those whose
/// turn is running, for calls that are too old. Idle activations cost nothing here. The tick runs on the thread pool, one at
/// a time.
/// </summary>
internal sealed class Overseer : IDisposable
{
    /// <summary>How often it ticks, in milliseconds.</summary>
    public const int PeriodMs = 1000;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly List<IOverseen> _watched = [];
    private readonly List<IOverseen> _arrivals = [];
    private long _nowMs;
    private int _ticking;

    public Overseer(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        using AsyncFlowControl flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        var period = TimeSpan.FromMilliseconds(PeriodMs);
        _timer = time.CreateTimer(static self => ((Overseer)self!).Tick(), this, period, period);
    }

    /// <summary>Milliseconds since the silo was made, as of the last tick.</summary>
    public long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>Has something looked at from now on, until nobody waits for it.</summary>
    public void Watch(IOverseen overseen)
    {
        lock (_lock)
        {
            _arrivals.Add(overseen);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            long nowMs = (long)_time.GetElapsedTime(_origin).TotalMilliseconds;
            Volatile.Write(ref _nowMs, nowMs);
            lock (_lock)
            {
                _watched.AddRange(_arrivals);
                _arrivals.Clear();
            }

            _watched.RemoveAll(overseen => !overseen.Inspect(nowMs));
            foreach (Worker worker in Worker.Snapshot())
            {
                if (worker.Activation is { } running && ReferenceEquals(running.Silo.Overseer, this))
                {
                    (worker.Turn as Invocation.GrainRequest)?.ExpireIfOlder(nowMs);
                    running.Expire(nowMs);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }
}
