namespace Actors.Grains.Tests.Support;

/// <summary>A clock that moves when a test moves it; timers fire inside <see cref="Pass"/>, in the order of their deadlines.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private long _nowMs = 1_000;

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

    public override long GetTimestamp() => Interlocked.Read(ref _nowMs);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(1_700_000_000_000 + GetTimestamp());

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

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
