using Orleans;

namespace Actors.Runtime.Tests.Timing;

[CollectionAgeLimit(Minutes = 2)]
[GrainType("test.age.short")]
public sealed class ShortAgeGrain : Grain, IAgeGrain
{
    public Task Delay(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }
}
