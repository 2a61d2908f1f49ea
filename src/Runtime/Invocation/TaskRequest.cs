using System.Runtime.CompilerServices;

namespace Actors.Runtime.Invocation;

/// <summary>A call of a method that returns <see cref="Task"/>.</summary>
public abstract class TaskRequest(GrainMethod method) : GrainRequest(method)
{
    private AsyncTaskMethodBuilder _promise;

    /// <inheritdoc />
    internal sealed override object? ResultObject
    {
        get => null;
        set { }
    }

    /// <summary>Generated: calls the method with the fields as arguments.</summary>
    protected abstract Task InvokeTarget(object target);

    /// <summary>What the caller awaits. Asked for once, before the request is sent.</summary>
    internal Task Promise()
    {
        if (!Method.IsOneWay)
        {
            return _promise.Task;
        }

        return Task.CompletedTask;
    }

    internal sealed override Task? Start(object target)
    {
        Task task = InvokeTarget(target) ?? throw new InvalidOperationException($"{Method.ActivityName} returned null instead of a task.");
        return task.IsCompletedSuccessfully ? null : task;
    }

    internal sealed override void Keep(Task completed) => completed.GetAwaiter().GetResult();

    internal sealed override void Answer(Exception? error, bool inline)
    {
        if (error is not null)
        {
            _promise.SetException(error);
        }
        else
        {
            _promise.SetResult();
        }
    }
}
