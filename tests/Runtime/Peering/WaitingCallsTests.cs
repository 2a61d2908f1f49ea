using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;

namespace Actors.Runtime.Tests.Peering;

public sealed class WaitingCallsTests
{
    [Fact]
    public async Task A_call_does_not_overtake_one_that_waits()
    {
        await using PeerSilo silo = await PeerSilo.StartAsync(1);
        PeerSilo.SetView(1, [silo], [silo], isSettled: false);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task<string> first = grain.Normal("a");
        // From now on there is nothing to wait for, but the calls that wait have not been told.
        silo.Router.Set(1, [silo.Identity]);
        Task<string> second = grain.Normal("b");
        silo.Calls.RoutesChanged();
        await silo.Probe.Seen("a+");
        silo.Probe.Open("a");
        await Guard.Within(first, "the first");
        silo.Probe.Open("b");
        await Guard.Within(second, "the second");
        Assert.Equal(["a+", "a-", "b+", "b-"], silo.Probe.Log.Where(static step => step[^1] is '+' or '-'));
    }
}
