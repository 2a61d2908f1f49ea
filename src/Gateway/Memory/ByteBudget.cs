namespace Actors.Gateway;

/// <summary>Memory that all connections share: for large requests while they arrive, or for answers that clients have not taken yet.</summary>
/// <remarks>First come, first served; thread-safe; the lock is never held across an await.</remarks>
public sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiter> _waiting = new();
    private long _freeBytes;
    private bool _hasLeader;

    /// <summary>A budget of which nothing is taken.</summary>
    public ByteBudget(long totalBytes) => TotalBytes = _freeBytes = totalBytes;

    private enum Grant
    {
        GivenUp,
        Taken,
        Leads,
    }

    /// <summary>All there is.</summary>
    public long TotalBytes { get; }

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

    /// <summary>Whether somebody waits for bytes.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count > 0;
            }
        }
    }

    /// <summary>What a request for so many bytes takes at most: the whole budget.</summary>
    public long Cap(long bytes) => Math.Min(bytes, TotalBytes);

    /// <summary>Takes bytes at once or not at all; never overtakes one who waits.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="leftBytes">So many must be left for others.</param>
    /// <returns>Whether they were taken; a request larger than the whole budget never is.</returns>
    public bool TryTake(long bytes, long leftBytes = 0)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || _freeBytes - leftBytes < bytes)
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
        await WaitAsync(bytes, mayLead: false, token);
        return bytes;
    }

    /// <summary>
    /// Takes bytes for one who holds some already. When there are too few, one caller at a time leads: it goes on without, so
    /// that callers that all hold some and wait for more do not wait for each other.
    /// </summary>
    /// <returns>Whether the bytes were taken, to be given back with <see cref="Return"/>; else the caller leads, until <see cref="EndLead"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing is taken.</exception>
    public async ValueTask<bool> TakeOrLeadAsync(long bytes, CancellationToken token) => await WaitAsync(bytes, mayLead: true, token) == Grant.Taken;

    /// <summary>Gives bytes back and lets in who fits, in order.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _freeBytes += bytes;
            LetIn();
        }
    }

    /// <summary>Who led needs nothing more; another one may.</summary>
    public void EndLead()
    {
        lock (_gate)
        {
            _hasLeader = false;
            LetIn();
        }
    }

    private async ValueTask<Grant> WaitAsync(long bytes, bool mayLead, CancellationToken token)
    {
        var waiter = new Waiter(bytes, mayLead);
        lock (_gate)
        {
            _waiting.Enqueue(waiter);
            LetIn();
        }

        await using var giveUp = token.UnsafeRegister(static state => ((Waiter)state!).TrySetResult(Grant.GivenUp), waiter);
        if (await waiter.Task is not Grant.GivenUp and var grant)
        {
            return grant;
        }

        // Who gave up may have stood in front of those who fit.
        Return(0);
        throw new OperationCanceledException(token);
    }

    private void LetIn()
    {
        while (_waiting.TryPeek(out var next))
        {
            var grant = next.Task.IsCompleted ? Grant.GivenUp
                : _freeBytes >= next.Bytes ? Grant.Taken
                : Grant.Leads;
            if (grant == Grant.Leads && (_hasLeader || !next.MayLead))
            {
                return;
            }

            _waiting.Dequeue();
            if (next.TrySetResult(grant))
            {
                _freeBytes -= grant == Grant.Taken ? next.Bytes : 0;
                _hasLeader |= grant == Grant.Leads;
            }
        }
    }

    private sealed class Waiter(long bytes, bool mayLead) : TaskCompletionSource<Grant>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes => bytes;

        public bool MayLead => mayLead;
    }
}
