namespace Actors.Log;

/// <summary>Somebody who waits until a record of the write-ahead log is synced.</summary>
/// <param name="onSynced">Runs on the completion side before the task completes; must not block or throw. Null for nothing.</param>
internal sealed class DurableWaiter(Action? onSynced = null)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _done.Task;

    public void Synced()
    {
        onSynced?.Invoke();
        _done.TrySetResult();
    }

    public void Failed(LogFailure failure) => _done.TrySetException(new LogFailedException(failure));
}
