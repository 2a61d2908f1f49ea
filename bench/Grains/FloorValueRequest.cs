using System.Threading.Tasks.Sources;

namespace Actors.Bench.Grains;

/// <summary>The floor of a call that answers with a value task: as <see cref="FloorRequest"/>, in one object.</summary>
internal sealed class FloorValueRequest : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private readonly int _value;
    private ManualResetValueTaskSourceCore<int> _promise;

    private FloorValueRequest(int value) => _value = value;

    /// <summary>Calls.</summary>
    public static ValueTask<int> CallAsync(int value)
    {
        var request = new FloorValueRequest(value);
        var answer = new ValueTask<int>(request, request._promise.Version);
        ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: true);
        return answer;
    }

    void IThreadPoolWorkItem.Execute() => _promise.SetResult(_value);

    int IValueTaskSource<int>.GetResult(short token) => _promise.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _promise.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _promise.OnCompleted(continuation, state, token, flags);
}
