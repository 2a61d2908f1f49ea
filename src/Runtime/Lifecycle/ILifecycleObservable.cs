namespace Orleans;

/// <summary>A sequence of numbered stages: started upwards, stopped downwards.</summary>
public interface ILifecycleObservable
{
    /// <summary>Adds an observer of a stage. Disposing the result takes it out again.</summary>
    IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
}
