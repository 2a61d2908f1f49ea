using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>A mailbox is bounded and says "busy".</summary>
public sealed class MailboxTests
{
    [Fact]
    public async Task A_full_mailbox_answers_busy_and_takes_calls_again_when_it_has_room()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = 3));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Task running = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        Task<int>[] waiting = [grain.Fast(1), grain.Fast(2), grain.Fast(3)];
        LimitExceededException busy = await Assert.ThrowsAsync<LimitExceededException>(() => grain.Fast(4));
        Assert.Contains("test.script/x", busy.Message, StringComparison.Ordinal);
        Assert.All(waiting, static call => Assert.False(call.IsCompleted));
        silo.Probe.Open("gate");
        Assert.Equal((int[])[1, 2, 3], await Guard.Within(Task.WhenAll(waiting), "the calls that waited"));
        await Guard.Within(running, "the first");
        Assert.Equal(5, await Guard.Within(grain.Fast(5), "a call when there is room"));
    }

    [Fact]
    public async Task The_bound_holds_for_calls_that_wait_for_the_activation()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = 2));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("gated");
        Task<int>[] waiting = [grain.Fast(1), grain.Fast(2)];
        await silo.Probe.Seen("activate gated");
        await Assert.ThrowsAsync<LimitExceededException>(() => grain.Fast(3));
        silo.Probe.Open("activate");
        Assert.Equal((int[])[1, 2], await Guard.Within(Task.WhenAll(waiting), "the calls that waited"));
    }

    [Fact]
    public async Task Awaits_in_a_grain_come_back_however_full_the_mailbox_is()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = 1));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Task<string> running = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        Task<int> waiting = grain.Fast(1);
        await Assert.ThrowsAsync<LimitExceededException>(() => grain.Fast(2));
        silo.Probe.Open("gate");
        Assert.Equal("gate", await Guard.Within(running, "the first"));
        Assert.Equal(1, await Guard.Within(waiting, "the second"));
    }

    [Fact]
    public async Task After_a_storm_of_calls_exactly_as_many_fit_as_before()
    {
        const int Limit = 100;
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = Limit));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        await Guard.Within(
            Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    Assert.Equal(i, await grain.Fast(i));
                }
            }))),
            "the storm, in which no call is refused");

        Task running = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        Task<int>[] waiting = [.. Enumerable.Range(0, Limit).Select(grain.Fast)];
        await Assert.ThrowsAsync<LimitExceededException>(() => grain.Fast(0));
        Assert.All(waiting, static call => Assert.False(call.IsCompleted));
        silo.Probe.Open("gate");
        Assert.Equal(Enumerable.Range(0, Limit), await Guard.Within(Task.WhenAll(waiting), "the calls that waited"));
        await Guard.Within(running, "the first");
    }
}
