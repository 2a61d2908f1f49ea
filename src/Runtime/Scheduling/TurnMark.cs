using System.Runtime.CompilerServices;

namespace Actors.Runtime.Scheduling;

/// <summary>
/// Makes an activation the current scheduler of a thread while it drains its mailbox, so that awaits and tasks that grain code
/// starts come back to the activation. One per thread.
/// </summary>
/// <remarks>
/// The framework's own way is to run a task on the scheduler, which costs as much as the rest of a local call. This takes the
/// short cut: a task of the thread's own stands as the current one, with the activation as its scheduler. The two fields it
/// needs are the framework's private ones; where they are not what they were, <see cref="IsSupported"/> is false and turns run
/// in tasks. Nothing else depends on the choice.
/// </remarks>
#pragma warning disable CA1001 // A task that never starts holds nothing to dispose of.
internal sealed class TurnMark
#pragma warning restore CA1001
{
    private readonly Task _mark = new(static () => { }, TaskCreationOptions.DenyChildAttach);

    /// <summary>True when the short cut works on this framework.</summary>
    public static bool IsSupported { get; internal set; } = Works();

    /// <summary>Makes <paramref name="scheduler"/> the current one; <see cref="Exit"/> follows on the same thread with what this gives.</summary>
    public ref Task? Enter(TaskScheduler scheduler)
    {
        SchedulerOf(_mark) = scheduler;
        ref Task? current = ref CurrentTask(null);
        current = _mark;
        return ref current;
    }

    /// <summary>Leaves the thread as it was.</summary>
    public void Exit(ref Task? current)
    {
        current = null;
        SchedulerOf(_mark) = null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_currentTask")]
    private static extern ref Task? CurrentTask(Task? type);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_taskScheduler")]
    private static extern ref TaskScheduler? SchedulerOf(Task task);

    private static bool Works()
    {
        Task? before = null;
        bool entered = false;
        try
        {
            before = CurrentTask(null);
            var mark = new TurnMark();
            var probe = new ProbeScheduler();
            entered = true;
            ref Task? current = ref mark.Enter(probe);
            bool seen = ReferenceEquals(TaskScheduler.Current, probe);
            mark.Exit(ref current);
            return seen;
        }
        catch (MissingFieldException)
        {
            return false;
        }
        finally
        {
            if (entered)
            {
                CurrentTask(null) = before;
            }
        }
    }

    private sealed class ProbeScheduler : TaskScheduler
    {
        protected override IEnumerable<Task>? GetScheduledTasks() => null;

        protected override void QueueTask(Task task)
        {
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
    }
}
