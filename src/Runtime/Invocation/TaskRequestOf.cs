using System.Runtime.CompilerServices;

namespace Actors.Runtime.Invocation;

/// <summary>A call of a method that returns <see cref="Task{TResult}"/>.</summary>
public abstract partial class TaskRequest<TResult>(GrainMethod method) : GrainRequest(method)
{
    private AsyncTaskMethodBuilder<TResult> _promise;
    private TResult _result = default!;

    /// <inheritdoc />
    internal sealed override object? ResultObject
    {
        get => _result;
        set => _result = (TResult)value!;
    }

    /// <summary>Generated: calls the method with the fields as arguments.</summary>
    protected abstract Task<TResult> InvokeTarget(object target);

    /// <summary>What the caller awaits. Asked for once, before the request is sent.</summary>
    internal Task<TResult> Promise() => _promise.Task;

    internal sealed override Task? Start(object target)
    {
        Task<TResult> task = InvokeTarget(target) ?? throw new InvalidOperationException($"{Method.ActivityName} returned null instead of a task.");
        if (!task.IsCompletedSuccessfully)
        {
            return task;
        }

        _result = task.Result;
        return null;
    }

    internal sealed override void Keep(Task completed) => _result = ((Task<TResult>)completed).GetAwaiter().GetResult();

    internal sealed override void Answer(Exception? error, bool inline)
    {
        if (error is not null)
        {
            _promise.SetException(error);
        }
        else
        {
            _promise.SetResult(_result);
        }
    }
}
