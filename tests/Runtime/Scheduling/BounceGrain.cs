using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Scheduling;

[Reentrant]
[GrainType("test.bounce")]
public sealed class BounceGrain : Grain, IBounceGrain
{
    public async Task<int> Bounce(string other, int times) =>
        times == 0 ? 0 : 1 + await GrainFactory.GetGrain<IBounceGrain>(other).Bounce(this.GetPrimaryKeyString(), times - 1);
}
