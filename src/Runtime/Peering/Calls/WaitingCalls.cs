using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Watch;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// Calls that can go nowhere yet: the view has not settled, or there is no connection. Bounded. Those for one grain keep their order:
/// while one waits or is being sent, later ones stand behind it.
/// </summary>
internal sealed class WaitingCalls(RemoteCalls calls) : IOverseen, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, Queue<Waiter>> _byGrain = [];
    private volatile int _count;
    private int _reviews;
    private int _changes;

    /// <summary>Grows with every change of what calls wait for.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Puts a call behind others for its grain; false when none waits.</summary>
    public bool TryJoin(GrainRequest request)
    {
        if (_count == 0)
        {
            return false;
        }

        lock (_lock)
        {
            if (!_byGrain.TryGetValue(request.Target.GrainId, out Queue<Waiter>? queue))
            {
                return false;
            }

            if (_count < calls.Options.MaxWaitingCalls)
            {
                _count++;
                queue.Enqueue(new Waiter(request, calls.Silo.NowMs));
                return true;
            }
        }

        RefuseBusy(request);
        return true;
    }

    /// <summary>Has a call wait.</summary>
    /// <param name="request">The call.</param>
    /// <param name="changes">What <see cref="Changes"/> was before the look that found that it has to wait.</param>
    public void Add(GrainRequest request, int changes)
    {
        bool isFull;
        lock (_lock)
        {
            isFull = _count >= calls.Options.MaxWaitingCalls;
            if (!isFull)
            {
                GrainId grain = request.Target.GrainId;
                if (!_byGrain.TryGetValue(grain, out Queue<Waiter>? queue))
                {
                    _byGrain[grain] = queue = new Queue<Waiter>();
                }

                _count++;
                queue.Enqueue(new Waiter(request, calls.Silo.NowMs));
            }
        }

        if (isFull)
        {
            RefuseBusy(request);
        }
        else if (changes != Changes)
        {
            Review(); // What it waits for may have come just before it was put aside.
        }
    }

    /// <summary>What calls wait for may have come.</summary>
    public void Change()
    {
        Interlocked.Increment(ref _changes);
        Review();
    }

    /// <summary>Has all waiting calls looked at again, on the thread pool.</summary>
    private void Review()
    {
        if (_count != 0 && Interlocked.Increment(ref _reviews) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Answers calls that are too old, and those whose silo has had no connection for too long. Once a second.</summary>
    public bool Inspect(long nowMs)
    {
        if (_count == 0)
        {
            return true;
        }

        Waiter[] waiters;
        lock (_lock)
        {
            waiters = [.. _byGrain.Values.SelectMany(static queue => queue)];
        }

        foreach (Waiter waiter in waiters)
        {
            waiter.Request.ExpireIfOlder(nowMs);
            long waitedMs = nowMs - waiter.SinceMs;
            if (waitedMs > calls.Options.MaxWaitForPeerMs && calls.Find(waiter.Request) is { Kind: RouteKind.At, Silo: { } silo })
            {
                waiter.IsOver = true;
                waiter.Request.Reject(new SiloUnavailableException(
                    $"There has been no connection to {silo} for {waitedMs} ms: {waiter.Request.Label} for {waiter.Request.Target.GrainId} was not called."));
            }
            else if (waiter.Request.Method.IsOneWay && waitedMs > calls.Silo.ResponseTimeoutMsOf(waiter.Request.Method))
            {
                waiter.IsOver = true;
                waiter.Request.Reject(new TimeoutException($"{waiter.Request.Label} could not be sent."));
            }
        }

        Review();
        return true;
    }

    /// <summary>The thread pool's entry.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        int reviews;
        do
        {
            reviews = Volatile.Read(ref _reviews);
            GrainId[] grains;
            lock (_lock)
            {
                grains = [.. _byGrain.Keys];
            }

            foreach (GrainId grain in grains)
            {
                Review(grain);
            }
        }
        while (Interlocked.CompareExchange(ref _reviews, 0, reviews) != reviews);
    }

    /// <summary>Sends the calls for one grain, the oldest first, as far as they can go now.</summary>
    private void Review(GrainId grain)
    {
        while (true)
        {
            Waiter? first;
            lock (_lock)
            {
                first = _byGrain[grain].Peek();
            }

            if (!first.IsOver && (first.Request.Method.IsOneWay || !first.Request.IsAbandoned))
            {
                if (!calls.TryPlace(first.Request, out bool isHere))
                {
                    return;
                }

                if (isHere)
                {
                    calls.Silo.PostHere(first.Request, Worker.Current);
                }
            }

            lock (_lock)
            {
                Queue<Waiter> queue = _byGrain[grain];
                queue.Dequeue();
                _count--;
                if (queue.Count == 0)
                {
                    _byGrain.Remove(grain);
                    return;
                }
            }
        }
    }

    private void RefuseBusy(GrainRequest request) => request.Reject(new LimitExceededException(
        $"{calls.Options.MaxWaitingCalls} calls wait for the cluster's view or for connections already. {request.Label} was not called."));

    private sealed class Waiter(GrainRequest request, long sinceMs)
    {
        public GrainRequest Request => request;

        public long SinceMs => sinceMs;

        /// <summary>It has been given up.</summary>
        public bool IsOver { get; set; }
    }
}
