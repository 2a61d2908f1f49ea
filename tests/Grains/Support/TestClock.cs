namespace Actors.Grains.Tests.Support;

/// <summary>A wall clock that tests set; timers and timestamps are the real ones.</summary>
public sealed class TestClock : TimeProvider
{
    private long _utcMs = 1_700_000_000_000;

    public long NowMs
    {
        get => Volatile.Read(ref _utcMs);
        set => Volatile.Write(ref _utcMs, value);
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
}
