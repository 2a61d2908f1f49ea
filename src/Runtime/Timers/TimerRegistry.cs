using Actors.Runtime.Scheduling;
using Orleans.Runtime;
using Orleans.Timers;

namespace Actors.Runtime.Timers;

/// <summary>Makes timers for activations.</summary>
internal sealed class TimerRegistry : ITimerRegistry
{
    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        GrainTimer.Check(options.DueTime, nameof(options));
        GrainTimer.Check(options.Period, nameof(options));
        var timer = new GrainTimer<TState>((Activation)grainContext, callback, state, options);
        timer.Begin(options.DueTime);
        return timer;
    }
}
