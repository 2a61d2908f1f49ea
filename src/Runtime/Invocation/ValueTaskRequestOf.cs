using System.Threading.Tasks.Sources;

namespace Actors.Runtime.Invocation;

/// <summary>A call of a method that returns <see cref="ValueTask{TResult}"/>. The request is the source that the caller awaits.</summary>
public abstract partial class ValueTaskRequest<TResult>(GrainMethod method) : GrainRequest(method), IValueTaskSource<TResult>
{
    private ManualResetValueTaskSourceCore<TResult> _promise;
    private TResult _result = default!;

    /// <inheritdoc />
    internal sealed override object? ResultObject
    {
        get => _result;
        set => _result = (TResult)value!;
    }

    /// <summary>Generated: calls the method with the fields as arguments.</summary>
    protected abstract ValueTask<TResult> InvokeTarget(object target);

    /// <summary>What the caller awaits. Asked for once, before the request is sent.</summary>
    internal ValueTask<TResult> Promise() => new(this, _promise.Version);

    internal sealed override Task? Start(object target)
    {
        ValueTask<TResult> task = InvokeTarget(target);
        if (!task.IsCompletedSuccessfully)
        {
            return task.AsTask();
        }

        _result = task.Result;
        return null;
    }

    internal sealed override void Keep(Task completed) => _result = ((Task<TResult>)completed).GetAwaiter().GetResult();

    internal sealed override void Answer(Exception? error, bool inline)
    {
        _promise.RunContinuationsAsynchronously = !inline;
        if (error is not null)
        {
            _promise.SetException(error);
        }
        else
        {
            _promise.SetResult(_result);
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token) => _promise.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _promise.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _promise.OnCompleted(continuation, state, token, flags);
}
