using Actors.Runtime.Lifecycle;

namespace Orleans;

/// <summary>Subscribing with delegates.</summary>
public static class LifecycleExtensions
{
    private static readonly Func<CancellationToken, Task> Nothing = static _ => Task.CompletedTask;

    public static IDisposable Subscribe(
        this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task>? onStop)
    {
        ArgumentNullException.ThrowIfNull(observable);
        ArgumentNullException.ThrowIfNull(onStart);
        return observable.Subscribe(observerName, stage, new DelegateObserver(onStart, onStop ?? Nothing));
    }

    public static IDisposable Subscribe(this ILifecycleObservable observable, string observerName, int stage, Func<CancellationToken, Task> onStart) =>
        Subscribe(observable, observerName, stage, onStart, onStop: null);

    public static IDisposable Subscribe<TObserver>(
        this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart, Func<CancellationToken, Task> onStop) =>
        Subscribe(observable, typeof(TObserver).FullName!, stage, onStart, onStop);

    public static IDisposable Subscribe<TObserver>(this ILifecycleObservable observable, int stage, Func<CancellationToken, Task> onStart) =>
        Subscribe(observable, typeof(TObserver).FullName!, stage, onStart, onStop: null);

    public static IDisposable Subscribe<TObserver>(this ILifecycleObservable observable, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observable);
        return observable.Subscribe(typeof(TObserver).FullName!, stage, observer);
    }

    public static IDisposable Subscribe(this ILifecycleObservable observable, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observable);
        ArgumentNullException.ThrowIfNull(observer);
        return observable.Subscribe(observer.GetType().FullName!, stage, observer);
    }
}
