namespace Actors.Bench.Grains;

/// <summary>
/// The floor of a call that answers with a task: an object that is allocated, queued to the thread pool, and completed there.
/// It takes the pool's short cuts, as the runtime does: the thread's own queue, and the caller goes on where it was completed.
/// </summary>
internal sealed class FloorRequest : TaskCompletionSource<int>, IThreadPoolWorkItem
{
    private readonly int _value;

    private FloorRequest(int value) => _value = value;

    /// <summary>Calls.</summary>
    public static Task<int> CallAsync(int value)
    {
        var request = new FloorRequest(value);
        ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: true);
        return request.Task;
    }

    void IThreadPoolWorkItem.Execute() => SetResult(_value);
}
