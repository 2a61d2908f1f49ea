using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

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

    [Fact]
    public async Task Only_so_many_calls_wait()
    {
        await using PeerSilo silo = await PeerSilo.StartAsync(1, PeerNode.Options with { MaxWaitingCalls = 2 });
        PeerSilo.SetView(1, [silo], [silo], isSettled: false);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task<int>[] waiting = [grain.Fast(1), grain.Fast(2)];
        await Assert.ThrowsAsync<LimitExceededException>(() => Guard.Within(grain.Fast(3), "the refusal behind others"));
        await Assert.ThrowsAsync<LimitExceededException>(() => Guard.Within(silo.Grains.GetGrain<IScriptGrain>("two").Fast(4), "the refusal of the first for a grain"));
        PeerSilo.SetView(2, [silo], [silo]);
        int[] answers = await Guard.Within(Task.WhenAll(waiting), "those that waited");
        Assert.Equal([1, 2], answers);
        Assert.Equal(5, await Guard.Within(grain.Fast(5), "the next"));
    }
}
