namespace Orleans;

/// <summary>Subscribes to stages of a lifecycle when that is made.</summary>
public interface ILifecycleParticipant<TLifecycleObservable>
    where TLifecycleObservable : ILifecycleObservable
{
    void Participate(TLifecycleObservable lifecycle);
}
