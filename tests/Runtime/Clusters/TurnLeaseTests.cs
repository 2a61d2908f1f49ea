using Actors.Runtime.Cluster;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Calls;
using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Actors.Runtime.Timers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Timers;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>What becomes of calls while no turn may run, when none ever may again, and when an activation is cut off.</summary>
public sealed class TurnLeaseTests
{
    [Fact]
    public async Task While_no_turn_may_run_calls_wait_and_then_they_run()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        TurnLease lease = Lease(silo);
        Task<int> call = silo.Grains.GetGrain<IScriptGrain>("one").Fast(7);
        lease.Extend(silo.Time.GetTimestamp());
        Assert.False(call.IsCompleted);
        Assert.Empty(silo.Probe.Log);
        lease.Extend(silo.Time.GetTimestamp() + TimeSpan.TicksPerMinute);
        Assert.Equal(7, await Guard.Within(call, "the call"));
    }

    [Fact]
    public async Task A_call_that_waits_for_the_lease_grows_too_old()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        Lease(silo);
        Task<int> call = silo.Grains.GetGrain<IScriptGrain>("one").Fast(7);
        await AdvanceUntil(silo, call);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Empty(silo.Probe.Log);
    }

    [Fact]
    public async Task When_the_lease_ends_for_ever_every_call_is_told()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        TurnLease lease = Lease(silo);
        lease.Extend(silo.Time.GetTimestamp() + (5 * TimeSpan.TicksPerSecond));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task<string> running = grain.Normal("a");
        Task<string> behind = grain.Normal("b");
        await silo.Probe.Seen("a+");
        silo.Time.Advance(TimeSpan.FromSeconds(6));
        Task<int> aside = silo.Grains.GetGrain<IScriptGrain>("two").Fast(7);
        await Guard.Until(() => lease.Aside > 0, "a call to be put aside");
        lease.End();
        silo.Local.RejectAll();
        foreach (Task call in (Task[])[running, behind, aside, silo.Grains.GetGrain<IScriptGrain>("three").Fast(7)])
        {
            SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(call, "the rejection"));
            Assert.Contains("out of the cluster", error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("b+", silo.Probe.Log);
        // Who comes to be put aside in the moment of the end is queued like those before, to reject its calls.
        Assert.False(lease.Admits((Activation)silo.Context(grain)!));
        Assert.Equal(0, lease.Aside);
    }

    [Fact]
    public async Task A_turn_that_returns_after_its_activation_was_cut_off_does_not_say_that_it_succeeded()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IBlockGrain grain = silo.Grains.GetGrain<IBlockGrain>("one");
        Task call = grain.Block();
        await silo.Probe.Seen("blocked");
        var activation = (Activation)silo.Context(grain)!;
        Task ended = activation.Deactivated;
        Assert.True(activation.Poison());
        await Guard.Within(ended, "word of the end");
        silo.Probe.Open("unblock");
        SiloUnavailableException error = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(call, "the answer"));
        Assert.Contains("did not end in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activation_that_was_cut_off_has_no_timers()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        await grain.Nothing();
        var activation = (Activation)silo.Context(grain)!;
        var before = (GrainTimer)Timer(silo, activation);
        Assert.False(before.IsAbandoned);
        activation.Poison();
        await Guard.Within(activation.Deactivated, "word of the end");
        Assert.True(before.IsAbandoned);
        Assert.True(((GrainTimer)Timer(silo, activation)).IsAbandoned);
    }

    private static IGrainTimer Timer(TestSilo silo, Activation activation) => silo.Services.GetRequiredService<ITimerRegistry>().RegisterGrainTimer(
        activation, static (_, _) => Task.CompletedTask, 0, new GrainTimerCreationOptions(TimeSpan.FromHours(1), TimeSpan.FromHours(1)));

    private static TurnLease Lease(TestSilo silo)
    {
        var lease = new TurnLease(silo.Time, silo.Local.Overseer);
        silo.Local.Turns = lease;
        return lease;
    }

    private static Task AdvanceUntil(TestSilo silo, Task call) => Guard.Until(
        () =>
        {
            silo.Time.Advance(TimeSpan.FromSeconds(1));
            return call.IsCompleted;
        },
        "the time-out");
}
