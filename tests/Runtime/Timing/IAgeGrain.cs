using Orleans;

namespace Actors.Runtime.Tests.Timing;

[Alias("test.IAgeGrain")]
public interface IAgeGrain : IGrainWithStringKey
{
    [Alias("Delay")]
    Task Delay(TimeSpan span);
}
