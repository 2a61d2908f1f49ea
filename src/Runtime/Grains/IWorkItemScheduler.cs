namespace Orleans.Runtime;

/// <summary>Runs work as turns of one activation.</summary>
public interface IWorkItemScheduler
{
    void QueueAction(Action action);

    void QueueAction(Action<object> action, object state);

    /// <summary>Starts a task that has not been started.</summary>
    void QueueTask(Task task);
}
