using Actors.Runtime.Invocation;

namespace Actors.Runtime.Scheduling;

/// <summary>A task of the activation's scheduler: what comes after an await, or what grain code has started.</summary>
internal sealed class TaskItem(Task task) : MailItem
{
    public Task Task => task;

    internal override void Run(Activation activation, Worker worker) => activation.RunTask(task, worker);
}
