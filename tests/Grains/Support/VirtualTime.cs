namespace Actors.Grains.Tests.Support;

/// <summary>A clock that moves when a test moves it; timers fire inside <see cref="Pass"/>, in the order of their deadlines.</summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>So many looks at the time of day see the same; nobody but a loop looks as often within a millisecond.</summary>
    private const int EqualLooks = 1_000;

    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private long _nowMs = 1_000;
    private long _seenMs;
    private int _looks;

    public override long TimestampFrequency => 1_000;

    /// <summary>Timers that are armed.</summary>
    public int Armed
    {
        get
        {
            lock (_gate)
                return _timers.Count;
        }
    }

    /// <summary>Timers that are armed and call back with a <typeparamref name="TState"/>: those of grains with Orleans.Runtime.IGrainTimer, whatever else a runtime waits for.</summary>
    public int ArmedWith<TState>()
    {
        lock (_gate)
            return _timers.Count(static timer => timer.State is TState);
    }

    /// <summary>Whether a timer is armed for a moment so far from now.</summary>
    public bool HasDueIn(long milliseconds)
    {
        lock (_gate)
            return _timers.Exists(timer => timer.DueMs == _nowMs + milliseconds);
    }

    public override long GetTimestamp() => Interlocked.Read(ref _nowMs);

    /// <remarks>
    /// Whole milliseconds; only who looks again and again sees some ticks more, and never the next millisecond. Orleans waits in a loop for moments
    /// between two milliseconds, of which it can wait for none, and would wait for ever.
    /// </remarks>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            var nowMs = GetTimestamp();
            _looks = nowMs == _seenMs ? Math.Min(_looks + 1, EqualLooks + (int)TimeSpan.TicksPerMillisecond - 1) : 0;
            _seenMs = nowMs;
            return DateTimeOffset.UnixEpoch.AddMilliseconds(1_700_000_000_000 + nowMs).AddTicks(Math.Max(0, _looks - EqualLooks));
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Pass(long milliseconds)
    {
        var endMs = GetTimestamp() + milliseconds;
        while (true)
        {
            VirtualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.DueMs <= endMs).MinBy(timer => timer.DueMs);
                if (next is null)
                    break;
                Interlocked.Exchange(ref _nowMs, Math.Max(_nowMs, next.DueMs));
                next.Advance();
            }

            next.Fire();
        }

        Interlocked.Exchange(ref _nowMs, endMs);
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long DueMs { get; private set; }

        public object? State => state;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                DueMs = time.GetTimestamp() + (long)Math.Ceiling(dueTime.TotalMilliseconds);
                time._timers.Add(this);
                return true;
            }
        }

        public void Advance()
        {
            if (_period > TimeSpan.Zero)
                DueMs += (long)_period.TotalMilliseconds;
            else
                time._timers.Remove(this);
        }

        public void Fire() => callback(State);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
