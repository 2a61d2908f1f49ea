namespace Orleans.Runtime;

/// <summary>The driver's side of a silo's lifecycle.</summary>
public interface ISiloLifecycleSubject : ISiloLifecycle, ILifecycleObserver;
