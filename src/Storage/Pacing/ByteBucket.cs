namespace Actors.Storage.Pacing;

/// <summary>
/// Credit in bytes that grows at a rate for as long as a lease runs, and at another after it. Over any stretch of time what was taken
/// is at most the rates' integral over it plus the largest burst in it, to the byte.
/// </summary>
/// <remarks>
/// Time is a monotonic number of nanoseconds that the caller passes in; a value before the last one counts as the last one. Credit
/// is kept in billionths of a byte, so nothing is lost to rounding. Not safe for several threads at once.
/// </remarks>
public sealed class ByteBucket
{
    private const long NanosPerSecond = 1_000_000_000;

    private long _burstBytes;
    private readonly long _afterBytesPerSecond;
    private Int128 _creditNanobytes;
    private long _atNs;
    private long _leasedBytesPerSecond;
    private long _leaseEndsNs;

    /// <param name="burstBytes">Most that is saved up, and most that one call takes; at least 1. The credit begins at 0.</param>
    /// <param name="afterBytesPerSecond">The rate without a lease: 0 stops, a low one keeps a copy alive whose owner is gone.</param>
    /// <param name="nowNs">Time now.</param>
    public ByteBucket(long burstBytes, long afterBytesPerSecond, long nowNs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(burstBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(afterBytesPerSecond);
        _burstBytes = burstBytes;
        _afterBytesPerSecond = afterBytesPerSecond;
        _atNs = nowNs;
        _leaseEndsNs = nowNs;
    }

    /// <summary>The rate at a time, as far as it is known now. Bytes per second.</summary>
    public long RateAt(long nowNs) => nowNs < _leaseEndsNs ? _leasedBytesPerSecond : _afterBytesPerSecond;

    /// <summary>Replaces the lease: this rate from now on, and the rate without a lease from its end on.</summary>
    /// <param name="nowNs">Time now.</param>
    /// <param name="bytesPerSecond">0 or more.</param>
    /// <param name="timeToLiveNs">How long it holds; 0 ends it at once.</param>
    public void Renew(long nowNs, long bytesPerSecond, long timeToLiveNs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(timeToLiveNs);
        Advance(nowNs);
        _leasedBytesPerSecond = bytesPerSecond;
        _leaseEndsNs = timeToLiveNs > long.MaxValue - _atNs ? long.MaxValue : _atNs + timeToLiveNs;
    }

    /// <summary>Replaces the burst; credit above a smaller one is lost.</summary>
    /// <param name="burstBytes">At least 1, and at least what anybody who waits wants to take.</param>
    public void SetBurst(long burstBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(burstBytes, 1);
        _burstBytes = burstBytes;
        _creditNanobytes = Int128.Min(_creditNanobytes, Cost(burstBytes));
    }

    /// <summary>Takes <paramref name="bytes"/> when the credit has them.</summary>
    /// <param name="nowNs">Time now.</param>
    /// <param name="bytes">0 to the burst; more would never be there.</param>
    public bool TryTake(long nowNs, long bytes)
    {
        Check(bytes);
        Advance(nowNs);
        if (_creditNanobytes < Cost(bytes)) return false;
        _creditNanobytes -= Cost(bytes);
        return true;
    }

    /// <summary>Gives back what was taken and not used. The credit stays within the burst.</summary>
    public void Return(long bytes)
    {
        Check(bytes);
        _creditNanobytes = Int128.Min(_creditNanobytes + Cost(bytes), Cost(_burstBytes));
    }

    /// <summary>How long until <paramref name="bytes"/> can be taken if nothing changes; null when the rates never bring them.</summary>
    /// <returns>Nanoseconds, 0 when they are there.</returns>
    public long? NsUntil(long nowNs, long bytes)
    {
        Check(bytes);
        Advance(nowNs);
        var missing = Cost(bytes) - _creditNanobytes;
        if (missing <= 0) return 0;
        Int128 leaseNs = Math.Max(0, _leaseEndsNs - _atNs);
        if (_leasedBytesPerSecond > 0)
        {
            var wait = (missing + _leasedBytesPerSecond - 1) / _leasedBytesPerSecond;
            if (wait <= leaseNs) return (long)wait;
        }

        if (_afterBytesPerSecond == 0) return null;
        missing -= leaseNs * _leasedBytesPerSecond;
        return (long)Int128.Min(long.MaxValue, leaseNs + (missing + _afterBytesPerSecond - 1) / _afterBytesPerSecond);
    }

    private static Int128 Cost(long bytes) => (Int128)bytes * NanosPerSecond;

    private void Check(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _burstBytes);
    }

    private void Advance(long nowNs)
    {
        if (nowNs <= _atNs) return;
        var leaseNs = Math.Clamp(_leaseEndsNs - _atNs, 0, nowNs - _atNs);
        var earned = (Int128)_leasedBytesPerSecond * leaseNs + (Int128)_afterBytesPerSecond * (nowNs - _atNs - leaseNs);
        _creditNanobytes = Int128.Min(_creditNanobytes + earned, Cost(_burstBytes));
        _atNs = nowNs;
    }
}
