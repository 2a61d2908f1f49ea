using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Hosting;

/// <summary>A startup task as a part of the silo's lifecycle.</summary>
internal sealed class StartupStage(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage)
    : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<StartupStage>(stage, token => startupTask(services, token));
}
