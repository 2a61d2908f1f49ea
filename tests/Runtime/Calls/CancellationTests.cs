using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Actors.Runtime.Tests.Calls;

/// <summary>Cancellation tokens cross grain calls.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_callers_cancellation_frees_it_and_reaches_the_callee()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        using var cancel = new CancellationTokenSource();
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").WaitForToken("t", cancel.Token);
        await silo.Probe.Seen("waits t");
        await cancel.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Guard.Within(call, "the cancellation"));
        Assert.Equal(cancel.Token, error.CancellationToken);
        await silo.Probe.Seen("cancelled t");
    }

    [Fact]
    public async Task A_caller_may_be_made_to_wait_for_the_callees_answer()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.WaitForCancellationAcknowledgement = true));
        using var cancel = new CancellationTokenSource();
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").WaitForToken("t", cancel.Token);
        await silo.Probe.Seen("waits t");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Guard.Within(call, "the cancellation"));
        Assert.True(silo.Probe.Has("cancelled t"));
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_not_made()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Grains.GetGrain<ICallGrain>("x").WaitForToken("t", new CancellationToken(canceled: true)));
        Assert.Empty(silo.Probe.Log);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_in_the_mailbox_is_not_made()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        Task<string> running = grain.Ordinary("gate");
        await silo.Probe.Seen("gate+");
        using var cancel = new CancellationTokenSource();
        Task<string> waiting = grain.WaitForToken("t", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Guard.Within(waiting, "the cancellation"));
        silo.Probe.Open("gate");
        await Guard.Within(running, "the first");
        Assert.Equal(3, await grain.Add(1, 2));
        Assert.False(silo.Probe.Has("waits t"));
    }

    [Fact]
    public async Task What_a_grain_keeps_and_what_its_callers_hold_are_different_objects()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        int[] mine = [1, 2];
        int[] first = await Guard.Within(grain.Keep(mine), "the call");
        mine[0] = 100;
        first[1] = 100;
        Assert.Equal((int[])[1, 2, 3], await Guard.Within(grain.Keep([3]), "the second call"));
    }
}
