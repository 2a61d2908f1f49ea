namespace Orleans;

/// <summary>The driver's side of a lifecycle.</summary>
public interface ILifecycleSubject : ILifecycleObservable, ILifecycleObserver;
