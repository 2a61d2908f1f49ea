namespace Actors.Silo.Tests.Stores;

/// <summary>A clock whose timers fire when a test says so.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly TaskCompletionSource<ManualTimer> _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first timer that was started.</summary>
    public Task<ManualTimer> Armed => _armed.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(() => callback(state), dueTime);
        if (dueTime != Timeout.InfiniteTimeSpan) _armed.TrySetResult(timer);
        return timer;
    }

    /// <summary>A timer of <see cref="ManualTime"/>.</summary>
    public sealed class ManualTimer(Action callback, TimeSpan dueTime) : ITimer
    {
        /// <summary>How long it was to wait.</summary>
        public TimeSpan DueTime => dueTime;

        /// <summary>Lets the time pass.</summary>
        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
