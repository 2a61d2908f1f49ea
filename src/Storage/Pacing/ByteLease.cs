namespace Actors.Storage.Pacing;

/// <summary>
/// What whoever copies bytes asks before each piece: waits until a rate that somebody else grants, and must keep granting, has brought
/// the bytes. When its owner dies the lease runs out and the rate falls to the one without a lease.
/// </summary>
/// <remarks>
/// <see cref="Renew"/> may be called from any thread while one caller at a time takes. Over any stretch of time the bytes taken are at most the
/// rates' integral over it plus the burst (<see cref="ByteBucket"/>). Timers tick in milliseconds, so a burst below some
/// 20 ms of the rate does not reach it. Nothing is taken by a call that was cancelled.
/// </remarks>
public sealed class ByteLease
{
    private readonly TimeProvider _time;
    private readonly ByteBucket _bucket;
    private readonly Lock _lock = new();
    private TaskCompletionSource? _renewed;
    private bool _isTaking;

    /// <param name="time">Whose monotonic clock counts.</param>
    /// <param name="burstBytes">Most that is saved up, and most that one call takes; at least 1.</param>
    /// <param name="afterBytesPerSecond">The rate without a lease, 0 or more.</param>
    public ByteLease(TimeProvider time, long burstBytes, long afterBytesPerSecond)
    {
        _time = time;
        _bucket = new ByteBucket(burstBytes, afterBytesPerSecond, NowNs());
    }

    /// <summary>The rate at this moment. Bytes per second.</summary>
    public long RateBytesPerSecond
    {
        get
        {
            lock (_lock) return _bucket.RateAt(NowNs());
        }
    }

    /// <summary>Replaces the lease and the burst. Whoever waits goes by the new rate at once.</summary>
    /// <param name="bytesPerSecond">0 pauses.</param>
    /// <param name="timeToLive">How long the rate holds unless it is renewed; 0 or more.</param>
    /// <param name="burstBytes">Most that is saved up, at least what anybody who waits wants to take; null leaves it.</param>
    public void Renew(long bytesPerSecond, TimeSpan timeToLive, long? burstBytes = null)
    {
        TaskCompletionSource? waiting;
        lock (_lock)
        {
            if (burstBytes is { } burst) _bucket.SetBurst(burst);
            _bucket.Renew(NowNs(), bytesPerSecond, ToNs(timeToLive));
            waiting = _renewed;
            _renewed = null;
        }

        waiting?.TrySetResult();
    }

    /// <summary>Takes bytes if they are there at this moment.</summary>
    /// <param name="bytes">0 to the burst.</param>
    public bool TryTake(long bytes)
    {
        lock (_lock) return _bucket.TryTake(NowNs(), bytes);
    }

    /// <summary>Waits until the bytes are there and takes them.</summary>
    /// <param name="bytes">0 to the burst.</param>
    /// <param name="cancellationToken">Ends the wait; then nothing is taken. A rate of 0 is waited out for as long as it lasts.</param>
    /// <exception cref="InvalidOperationException">Another call waits already: each copier has a lease of its own.</exception>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isTaking) throw new InvalidOperationException("somebody waits for bytes of this lease already");
            _isTaking = true;
        }

        try
        {
            while (Next(bytes) is var (renewed, wait))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await renewed.WaitAsync(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            lock (_lock) _isTaking = false;
        }
    }

    // Null once the bytes are taken; otherwise what is waited for, and how long at most.
    private (Task Renewed, TimeSpan Wait)? Next(long bytes)
    {
        lock (_lock)
        {
            var now = NowNs();
            if (_bucket.TryTake(now, bytes)) return null;
            _renewed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // A timer that fires a fraction of a millisecond early would be started again at once, and again.
            var waitMs = _bucket.NsUntil(now, bytes) is { } waitNs ? Math.Min(waitNs / 1_000_000 + 1, int.MaxValue) : Timeout.Infinite;
            return (_renewed.Task, TimeSpan.FromMilliseconds(waitMs));
        }
    }

    private long NowNs() => (long)((Int128)_time.GetTimestamp() * 1_000_000_000 / _time.TimestampFrequency);

    private static long ToNs(TimeSpan span) => span.Ticks > long.MaxValue / 100 ? long.MaxValue : span.Ticks * 100;
}
