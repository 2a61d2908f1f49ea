using System.Threading.Tasks.Sources;

namespace Actors.Runtime.Invocation;

/// <summary>A call of a method that returns <see cref="ValueTask"/>. The request is the source that the caller awaits.</summary>
public abstract class ValueTaskRequest(GrainMethod method) : GrainRequest(method), IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _promise;

    /// <inheritdoc />
    internal sealed override object? ResultObject
    {
        get => null;
        set { }
    }

    /// <summary>Generated: calls the method with the fields as arguments.</summary>
    protected abstract ValueTask InvokeTarget(object target);

    /// <summary>What the caller awaits. Asked for once, before the request is sent.</summary>
    internal ValueTask Promise() => Method.IsOneWay ? default : new ValueTask(this, _promise.Version);

    internal sealed override Task? Start(object target)
    {
        ValueTask task = InvokeTarget(target);
        if (!task.IsCompletedSuccessfully)
        {
            return task.AsTask();
        }

        task.GetAwaiter().GetResult();
        return null;
    }

    internal sealed override void Keep(Task completed) => completed.GetAwaiter().GetResult();

    internal sealed override void Answer(Exception? error, bool inline)
    {
        _promise.RunContinuationsAsynchronously = !inline;
        if (error is not null)
        {
            _promise.SetException(error);
        }
        else
        {
            _promise.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _promise.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _promise.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _promise.OnCompleted(continuation, state, token, flags);
}
