using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Lifecycle;

/// <summary>An activation's lifecycle.</summary>
internal sealed class GrainLifecycle : IGrainLifecycle
{
    public StageRunner Stages { get; } = new();

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer) => Stages.Subscribe(observerName, stage, observer);
}
