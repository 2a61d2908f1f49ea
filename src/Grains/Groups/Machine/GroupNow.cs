namespace Actors.Grains.Groups;

/// <summary>One moment by two clocks: deadlines are kept by the one that never jumps, records carry the other.</summary>
/// <param name="MonotonicMs">Milliseconds since some fixed moment of this process.</param>
/// <param name="UtcMs">Milliseconds since 1970-01-01 UTC.</param>
public readonly record struct GroupNow(long MonotonicMs, long UtcMs)
{
    /// <summary>Reads both clocks.</summary>
    public static GroupNow Read(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var elapsed = time.GetElapsedTime(0);
        return new GroupNow((long)elapsed.TotalMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
