using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Lifecycle;

/// <summary>
/// Runs stages in order: upwards to start, downwards to stop; the observers of one stage run at the same time. A failed start
/// leaves the completed stages started, and <see cref="StopAsync"/> stops exactly those. Errors while stopping are reported
/// and do not keep the other stages from stopping. Subscribing during a start takes effect in stages that have not begun.
/// One driver starts and stops; subscriptions come from any thread.
/// </summary>
internal sealed class StageRunner
{
    private readonly Lock _lock = new();
    private readonly List<Subscription> _subscriptions = [];
    private bool _started;

    /// <summary>True when nobody has subscribed.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count == 0;
            }
        }
    }

    /// <summary>The highest stage that has started; null before.</summary>
    public int? HighestStarted { get; private set; }

    /// <summary>The lowest stage that has stopped; null before.</summary>
    public int? LowestStopped { get; private set; }

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observerName);
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, observerName, stage, observer);
        lock (_lock)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Starts all stages.</summary>
    /// <exception cref="OrleansLifecycleCanceledException">The token was cancelled between two stages.</exception>
    public async Task StartAsync(CancellationToken token)
    {
        if (_started)
        {
            throw new InvalidOperationException("The lifecycle has been started before.");
        }

        _started = true;
        while (NextUp() is { } stage)
        {
            if (token.IsCancellationRequested)
            {
                throw new OrleansLifecycleCanceledException($"The lifecycle was cancelled before stage {stage}.");
            }

            List<Task> starting = [];
            foreach (Subscription subscription in At(stage))
            {
                subscription.Touched = true;
                starting.Add(Call(subscription.Observer.OnStart, token));
            }

            HighestStarted = stage;
            await Task.WhenAll(starting);
        }
    }

    /// <summary>Stops what has started, from the top.</summary>
    /// <param name="onError">Told of every observer that fails: its name, its stage, the error.</param>
    /// <param name="token">Tells observers that the time is up.</param>
    public async Task StopAsync(Action<string, int, Exception> onError, CancellationToken token)
    {
        int? below = null;
        while (NextDown(below) is { } stage)
        {
            List<Task> stopping = [];
            foreach (Subscription subscription in At(stage))
            {
                if (subscription.Touched)
                {
                    subscription.Touched = false;
                    stopping.Add(StopOne(subscription, onError, token));
                }
            }

            await Task.WhenAll(stopping);
            LowestStopped = stage;
            below = stage;
        }
    }

    private static async Task StopOne(Subscription subscription, Action<string, int, Exception> onError, CancellationToken token)
    {
        try
        {
            await subscription.Observer.OnStop(token);
        }
        catch (Exception error)
        {
            onError(subscription.Name, subscription.Stage, error);
        }
    }

    private static Task Call(Func<CancellationToken, Task> observer, CancellationToken token)
    {
        try
        {
            return observer(token);
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    private int? NextUp()
    {
        lock (_lock)
        {
            int? next = null;
            foreach (Subscription subscription in _subscriptions)
            {
                if ((HighestStarted is null || subscription.Stage > HighestStarted) && (next is null || subscription.Stage < next))
                {
                    next = subscription.Stage;
                }
            }

            return next;
        }
    }

    private int? NextDown(int? below)
    {
        lock (_lock)
        {
            int? next = null;
            foreach (Subscription subscription in _subscriptions)
            {
                if (subscription.Touched && (below is null || subscription.Stage < below) && (next is null || subscription.Stage > next))
                {
                    next = subscription.Stage;
                }
            }

            return next;
        }
    }

    private List<Subscription> At(int stage)
    {
        lock (_lock)
        {
            return _subscriptions.FindAll(subscription => subscription.Stage == stage);
        }
    }

    private sealed class Subscription(StageRunner owner, string name, int stage, ILifecycleObserver observer) : IDisposable
    {
        public string Name => name;

        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        /// <summary>True from the moment its start was called until its stop is.</summary>
        public bool Touched { get; set; }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._subscriptions.Remove(this);
            }
        }
    }
}
