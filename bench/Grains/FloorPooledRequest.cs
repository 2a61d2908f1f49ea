namespace Actors.Bench.Grains;

/// <summary>The floor as most code would have it: through the pool's common queue, and the caller goes on in another work item.</summary>
internal sealed class FloorPooledRequest : TaskCompletionSource<int>, IThreadPoolWorkItem
{
    private readonly int _value;

    private FloorPooledRequest(int value)
        : base(TaskCreationOptions.RunContinuationsAsynchronously) => _value = value;

    /// <summary>Calls.</summary>
    public static Task<int> CallAsync(int value)
    {
        var request = new FloorPooledRequest(value);
        ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: false);
        return request.Task;
    }

    void IThreadPoolWorkItem.Execute() => SetResult(_value);
}
