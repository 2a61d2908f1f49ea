namespace Actors.Grains.Agents;

/// <summary>One moment by two clocks: deadlines are kept by the one that never jumps, epochs and rows carry the other.</summary>
/// <param name="MonotonicMs">Milliseconds since some fixed moment of this process.</param>
/// <param name="UtcMs">Milliseconds since 1970-01-01 UTC.</param>
public readonly record struct PeerNow(long MonotonicMs, long UtcMs)
{
    /// <summary>Reads both clocks.</summary>
    public static PeerNow Read(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new PeerNow((long)time.GetElapsedTime(0).TotalMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds());
    }
}
