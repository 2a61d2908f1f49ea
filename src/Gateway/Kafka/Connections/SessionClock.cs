namespace Actors.Gateway.Kafka;

/// <summary>The one timer of a connection: it looks when something may be over, and is set for the earliest such moment.</summary>
/// <remarks>
/// Setting an earlier moment costs a timer change, which a busy connection pays once per time-out and not once per request. A
/// connection that nobody uses wakes the process once per idle time-out.
/// </remarks>
/// <param name="look">Called with the clock's timestamp; returns when to look again, or <see cref="long.MaxValue"/>. Must not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionClock(Func<long, long> look, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _setFor = long.MaxValue;
    private bool _disposed;

    /// <summary>Makes sure that it looks no later than then. Any thread.</summary>
    public void LookAt(long timestamp)
    {
        if (timestamp >= Volatile.Read(ref _setFor))
        {
            return;
        }

        lock (_gate)
        {
            Set(timestamp);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Set(long timestamp)
    {
        if (timestamp >= _setFor || _disposed)
        {
            return;
        }

        _setFor = timestamp;
        var wait = time.GetElapsedTime(time.GetTimestamp(), timestamp);
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait + TimeSpan.FromMilliseconds(1);
        _timer ??= time.CreateTimer(static state => ((SessionClock)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Fire()
    {
        lock (_gate)
        {
            _setFor = long.MaxValue;
        }

        var next = look(time.GetTimestamp());
        lock (_gate)
        {
            Set(next);
        }
    }
}
