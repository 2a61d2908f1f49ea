using Orleans;

namespace Actors.Runtime.Tests.Timing;

[KeepAlive]
[GrainType("test.age.kept")]
public sealed class KeptAgeGrain : Grain, IAgeGrain
{
    public Task Delay(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }
}
