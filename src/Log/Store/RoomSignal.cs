namespace Actors.Log;

/// <summary>Lets callers wait for room after a refusal as busy. Costs an exchange a pulse while nobody waits.</summary>
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

    /// <summary>Wakes everybody who waits. Call it after the change that may have made room.</summary>
    /// <remarks>An exchange, not a read: it keeps the change before it, so that whoever comes too late for the pulse sees the room.</remarks>
    public void Pulse() => Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
}
