namespace Actors.Log;

/// <summary>Lets callers wait for room after a refusal as busy. Costs nothing while nobody waits.</summary>
internal sealed class RoomSignal
{
    private TaskCompletionSource? _waiting;

    /// <summary>Completes at the next <see cref="Pulse"/>. Check for room after the call and before waiting.</summary>
    public Task Next()
    {
        TaskCompletionSource? seen = Volatile.Read(ref _waiting);
        if (seen is not null)
            return seen.Task;
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh).Task;
    }

    public void Pulse()
    {
        if (Volatile.Read(ref _waiting) is not null)
            Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }
}
