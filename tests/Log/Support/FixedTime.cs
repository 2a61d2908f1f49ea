namespace Actors.Log.Tests.Support;

/// <summary>A clock that stands still until it is set; its timers fire when it is.</summary>
internal sealed class FixedTime(long nowMs) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FixedTimer> _timers = [];

    public long NowMs { get; private set; } = nowMs;

    /// <summary>Timers that are armed.</summary>
    public int Armed
    {
        get
        {
            lock (_lock)
                return _timers.Count(t => t.DueMs is not null);
        }
    }

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => NowMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FixedTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        NowMs += (long)time.TotalMilliseconds;
        FixedTimer[] due;
        lock (_lock)
            due = [.. _timers.Where(t => t.DueMs <= NowMs)];
        foreach (FixedTimer timer in due)
            timer.Fire();
    }

    private sealed class FixedTimer(FixedTime owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public long? DueMs { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueMs = dueTime == Timeout.InfiniteTimeSpan ? null : owner.NowMs + (long)dueTime.TotalMilliseconds;
            return true;
        }

        public void Fire()
        {
            DueMs = _period == Timeout.InfiniteTimeSpan ? null : owner.NowMs + (long)_period.TotalMilliseconds;
            callback(state);
        }

        public void Dispose()
        {
            lock (owner._lock)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
