namespace Actors.Storage.Shares;

/// <summary>
/// What applications use of a resource: up at once, down slowly, so that copies give way in the tick in which load rises and do not jump into every
/// gap between two bursts.
/// </summary>
public sealed class ApplicationLoad
{
    private readonly long _halfLifeMs;
    private double _bytesPerSecond;
    private long _atMs;

    /// <param name="halfLife">How long it takes until half of a load that is gone is forgotten.</param>
    public ApplicationLoad(TimeSpan halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(halfLife, TimeSpan.FromMilliseconds(1));
        _halfLifeMs = (long)halfLife.TotalMilliseconds;
    }

    /// <summary>Takes a measurement: all traffic less that of copies.</summary>
    /// <param name="nowMs">Monotonic time.</param>
    /// <param name="bytesPerSecond">A negative one, which measuring two counters apart can bring, counts as 0.</param>
    public void Observe(long nowMs, long bytesPerSecond)
    {
        _bytesPerSecond = Math.Max(Math.Max(0, bytesPerSecond), Remembered(nowMs));
        _atMs = nowMs;
    }

    /// <summary>The load to give way to. Bytes per second, rounded up.</summary>
    public long At(long nowMs) => (long)Math.Ceiling(Remembered(nowMs));

    private double Remembered(long nowMs)
    {
        var remembered = _bytesPerSecond * Math.Pow(0.5, (double)Math.Max(0, nowMs - _atMs) / _halfLifeMs);
        return remembered < 1 ? 0 : remembered;
    }
}
