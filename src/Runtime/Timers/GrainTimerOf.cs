using Actors.Runtime.Scheduling;
using Orleans.Runtime;

namespace Actors.Runtime.Timers;

/// <summary>A timer with its callback and the callback's state.</summary>
internal sealed class GrainTimer<TState>(
    Activation activation, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    : GrainTimer(activation, options)
{
    internal override Task? Begin(Activation activation, Worker worker)
    {
        Task task = callback(state, Ended);
        return task.IsCompletedSuccessfully ? null : task;
    }
}
