namespace Actors.Gateway.Kafka;

/// <summary>Memory that all connections share: for large requests while they arrive, or for answers that clients have not taken yet.</summary>
/// <remarks>First come, first served; thread-safe; the lock is never held across an await.</remarks>
public sealed class ByteBudget
{
    private readonly long _totalBytes;
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource<bool> Granted)> _waiting = new();
    private long _freeBytes;

    /// <summary>A budget of which nothing is taken.</summary>
    public ByteBudget(long totalBytes) => _totalBytes = _freeBytes = totalBytes;

    /// <summary>Bytes that nobody has taken.</summary>
    public long FreeBytes
    {
        get
        {
            lock (_gate)
            {
                return _freeBytes;
            }
        }
    }

    /// <summary>What a request for so many bytes takes at most: the whole budget.</summary>
    public long Cap(long bytes) => Math.Min(bytes, _totalBytes);

    /// <summary>Takes bytes at once or not at all; never overtakes one who waits.</summary>
    /// <returns>Whether they were taken; a request larger than the whole budget never is.</returns>
    public bool TryTake(long bytes)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || _freeBytes < bytes)
            {
                return false;
            }

            _freeBytes -= bytes;
            return true;
        }
    }

    /// <summary>Takes bytes, and waits for them when there are too few. A request larger than the whole budget takes all of it.</summary>
    /// <returns>What was taken; it goes back with <see cref="Return"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing is taken.</exception>
    public async ValueTask<long> TakeAsync(long bytes, CancellationToken token)
    {
        bytes = Cap(bytes);
        TaskCompletionSource<bool> granted;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _freeBytes >= bytes)
            {
                _freeBytes -= bytes;
                return bytes;
            }

            granted = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
        }

        await using var giveUp = token.UnsafeRegister(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), granted);
        if (await granted.Task)
        {
            return bytes;
        }

        // Who gave up may have stood in front of those who fit.
        Return(0);
        throw new OperationCanceledException(token);
    }

    /// <summary>Gives bytes back and lets in who fits, in order.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _freeBytes += bytes;
            while (_waiting.TryPeek(out var next) && (next.Granted.Task.IsCompleted || _freeBytes >= next.Bytes))
            {
                _waiting.Dequeue();
                if (next.Granted.TrySetResult(true))
                {
                    _freeBytes -= next.Bytes;
                }
            }
        }
    }
}
