namespace Actors.Log;

/// <summary>Says that there may be work; any number of calls before the worker looks count as one.</summary>
/// <remarks>
/// Setting it costs a fence, and a system call only when the worker sleeps. The fences pair: the setter's change comes before its look
/// at the flag, the worker's reset of the flag before its look for work, so one of the two sees the other.
/// </remarks>
internal sealed class WorkSignal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0, 1);
    private int _isSet;

    public void Set()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
            _semaphore.Release();
    }

    /// <summary>Waits until <see cref="Set"/> has been called since the last wait.</summary>
    public void Wait()
    {
        _semaphore.Wait();
        Volatile.Write(ref _isSet, 0);
        Interlocked.MemoryBarrier();
    }

    public void Dispose() => _semaphore.Dispose();
}
