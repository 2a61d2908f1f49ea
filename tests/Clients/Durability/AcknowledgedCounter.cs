namespace Actors.Clients.Tests.Durability;

/// <summary>Counts up, and tells a waiter when it has passed a number. Thread-safe; one waiter at a time.</summary>
public sealed class AcknowledgedCounter
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private long _wanted;
    private long _count;

    /// <summary>One more.</summary>
    public void Add()
    {
        lock (_gate)
        {
            if (++_count >= _wanted)
            {
                _waiter?.TrySetResult();
            }
        }
    }

    /// <summary>Ends when at least <paramref name="count"/> were added since the beginning.</summary>
    public async Task WaitForAsync(long count, CancellationToken token)
    {
        Task wait;
        lock (_gate)
        {
            _wanted = count;
            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_count >= count)
            {
                _waiter.SetResult();
            }

            wait = _waiter.Task;
        }

        try
        {
            await wait.WaitAsync(token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_count} of {count} records were acknowledged in time");
        }
    }
}
