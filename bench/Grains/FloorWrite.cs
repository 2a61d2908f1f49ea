using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Bench.Grains;

/// <summary>The floor of a call that stores state: a request that is queued to the thread pool, stores there, and completes.</summary>
internal sealed class FloorWrite : TaskCompletionSource<int>, IThreadPoolWorkItem
{
    private readonly IGrainStorage _storage;
    private readonly GrainId _id;
    private readonly GrainState<CountState> _state;
    private readonly int _value;

    private FloorWrite(IGrainStorage storage, GrainId id, GrainState<CountState> state, int value) =>
        (_storage, _id, _state, _value) = (storage, id, state, value);

    /// <summary>Stores a value; one at a time for each state.</summary>
    public static Task<int> CallAsync(IGrainStorage storage, GrainId id, GrainState<CountState> state, int value)
    {
        var request = new FloorWrite(storage, id, state, value);
        ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: true);
        return request.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    private async Task WriteAsync()
    {
        try
        {
            _state.State = new CountState { Count = _value };
            await _storage.WriteStateAsync("count", _id, _state);
            SetResult(_value);
        }
        catch (Exception failure)
        {
            SetException(failure);
        }
    }
}
