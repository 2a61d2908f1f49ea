using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

[Alias("test.IBounceGrain")]
public interface IBounceGrain : IGrainWithStringKey
{
    /// <summary>Calls the other, which calls back, so many times; returns how often.</summary>
    [Alias("Bounce")]
    Task<int> Bounce(string other, int times);
}
