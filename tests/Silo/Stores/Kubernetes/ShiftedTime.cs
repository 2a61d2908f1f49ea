using System.Collections.Concurrent;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>The real clock, moved, which remembers for how long it was asked to wait.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _ticks;
    private long _wallTicks;

    /// <summary>How long each timer was to run.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    /// <summary>Lets time pass.</summary>
    public void Shift(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <summary>Sets what the clock on the wall shows, as a person does; no time passes.</summary>
    public void SetWall(TimeSpan off) => Interlocked.Exchange(ref _wallTicks, off.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks) + Interlocked.Read(ref _wallTicks));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(new TimeSpan(Interlocked.Read(ref _ticks)).TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
