using Actors.Grains.Topics;

namespace Actors.Grains.Agents;

/// <summary>
/// Requests by key that share work. While a worker is free a request is worked on at once; while all are busy requests gather, and the next
/// free worker takes many keys at a time. A key is worked on by one worker at a time, and a request that comes meanwhile is worked on
/// afterwards, so an answer is never older than its request. Safe to use from any thread.
/// </summary>
/// <param name="name">For people: "reads of peers".</param>
/// <param name="workers">How many work at once.</param>
/// <param name="maxKeys">Keys that a worker takes at a time.</param>
/// <param name="maxWaiting">Requests that may wait.</param>
/// <param name="work">Works on requests, one key's next to each other, and gives the answer of each key. What it throws is the answer to all of them.</param>
internal sealed class WorkerLane<TKey, TRequest, TAnswer>(
    string name, int workers, int maxKeys, int maxWaiting, Func<IReadOnlyList<(TKey Key, TRequest Request)>, Task<Func<TKey, TAnswer>>> work)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly KeyedQueue<TKey> _queue = new();
    private readonly Dictionary<TKey, List<Waiter>> _waiting = [];
    private int _waitingCount;
    private int _working;

    /// <summary>Requests that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waitingCount;
        }
    }

    /// <summary>Asks.</summary>
    /// <param name="key">What about.</param>
    /// <param name="request">What.</param>
    /// <param name="token">Ends the waiting; a request that no worker has taken by then is not worked on.</param>
    /// <exception cref="AgentStoreException">Too many wait; or what the work threw.</exception>
    public async Task<TAnswer> AskAsync(TKey key, TRequest request, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var waiter = new Waiter(request);
        lock (_gate)
        {
            if (_waitingCount >= maxWaiting)
                throw new AgentStoreException(name, StoreOutcome.NotApplied, isRefusal: false, $"{maxWaiting} requests wait already.");
            _waitingCount++;
            if (!_waiting.TryGetValue(key, out var waiters))
                _waiting.Add(key, waiters = []);
            waiters.Add(waiter);
            _queue.Add(key);
            if (_working < workers && _queue.Waiting > 0)
            {
                _working++;
                // The work belongs to nobody: not to the turn, nor to the trace, of who came first.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }

        try
        {
            return await waiter.Done.Task.WaitAsync(token);
        }
        catch (OperationCanceledException) when (!waiter.Done.Task.IsCompleted)
        {
            waiter.Done.TrySetCanceled(token);
            throw;
        }
    }

    private async Task WorkAsync()
    {
        while (Take() is { } keys)
        {
            List<(TKey Key, TRequest Request)> requests = [];
            foreach (var (key, waiters) in keys)
                requests.AddRange(waiters.Where(static waiter => !waiter.Done.Task.IsCompleted).Select(waiter => (key, waiter.Request)));
            try
            {
                var answers = requests.Count == 0 ? null : await work(requests);
                foreach (var (key, waiters) in keys)
                {
                    // Whoever has given up was perhaps not asked for.
                    foreach (var waiter in waiters.Where(static waiter => !waiter.Done.Task.IsCompleted))
                        waiter.Done.TrySetResult(answers!(key));
                }
            }
            catch (Exception failure)
            {
                foreach (var (_, waiters) in keys)
                    waiters.ForEach(waiter => waiter.Done.TrySetException(failure));
            }

            lock (_gate)
            {
                foreach (var (key, _) in keys)
                    _queue.Done(key);
            }
        }
    }

    /// <summary>Takes keys with what waits for them; null when there is nothing, and then this worker is none any more.</summary>
    private List<(TKey Key, List<Waiter> Waiters)>? Take()
    {
        lock (_gate)
        {
            var keys = _queue.Take(maxKeys);
            if (keys.Count == 0)
            {
                _working--;
                return null;
            }

            var taken = new List<(TKey, List<Waiter>)>(keys.Count);
            foreach (var key in keys)
            {
                _waiting.Remove(key, out var waiters);
                _waitingCount -= waiters!.Count;
                taken.Add((key, waiters));
            }

            return taken;
        }
    }

    private sealed class Waiter(TRequest request)
    {
        public TRequest Request => request;

        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
