using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Timing;

/// <summary>Idle activations are collected, on virtual time.</summary>
public sealed class CollectionTests
{
    [Fact]
    public async Task An_idle_activation_ends_with_that_reason_and_the_next_call_makes_another()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        await grain.Fast(1);
        silo.Time.Advance(TimeSpan.FromMinutes(14));
        Assert.NotNull(silo.Context(grain));
        silo.Time.Advance(TimeSpan.FromMinutes(3));
        await silo.Probe.Seen("deactivate x ActivationIdle");
        Assert.Equal(2, await Guard.Within(grain.Fast(2), "a call"));
        Assert.Equal(2, silo.Probe.Count("activate x"));
    }

    [Fact]
    public async Task A_call_makes_an_activation_young_again()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        for (int i = 0; i < 5; i++)
        {
            await grain.Fast(1);
            silo.Time.Advance(TimeSpan.FromMinutes(10));
        }

        await grain.Fast(1);
        Assert.Equal(1, silo.Probe.Count("activate x"));
    }

    [Fact]
    public async Task A_running_call_keeps_its_activation()
    {
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromHours(5)), virtualTime: true);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Task<string> call = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        silo.Time.Advance(TimeSpan.FromMinutes(60));
        silo.Probe.Open("gate");
        await Guard.Within(call, "the call");
        Assert.DoesNotContain(silo.Probe.Log, static entry => entry.StartsWith("deactivate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Timers_keep_an_activation_only_when_they_say_so()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain kept = silo.Grains.GetGrain<ITimerGrain>("kept");
        ITimerGrain left = silo.Grains.GetGrain<ITimerGrain>("left");
        await kept.Register("kept", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), keepAlive: true);
        await left.Register("left", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        IGrainContext leftContext = silo.Context(left)!;
        for (int minute = 1; minute <= 20; minute++)
        {
            silo.Time.Advance(TimeSpan.FromMinutes(1));
            await silo.Probe.Seen("tick kept", minute);
            await silo.Time.Armed(TimeSpan.FromMinutes(minute + 1));
            if (!leftContext.Deactivated.IsCompleted && minute < 15)
            {
                await silo.Probe.Seen("tick left", minute);
            }
        }

        await Guard.Within(leftContext.Deactivated, "the end of the one without");
        Assert.NotNull(silo.Context(kept));
    }

    [Fact]
    public async Task Attributes_and_delays_decide_for_their_grains()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IAgeGrain keepAlive = silo.Grains.GetGrain<IAgeGrain>("a", "Actors.Runtime.Tests.Timing.KeptAgeGrain");
        IAgeGrain shortLived = silo.Grains.GetGrain<IAgeGrain>("a", "Actors.Runtime.Tests.Timing.ShortAgeGrain");
        IAgeGrain delayed = silo.Grains.GetGrain<IAgeGrain>("b", "Actors.Runtime.Tests.Timing.ShortAgeGrain");
        IAgeGrain delayTakenBack = silo.Grains.GetGrain<IAgeGrain>("c", "Actors.Runtime.Tests.Timing.ShortAgeGrain");
        await keepAlive.Delay(TimeSpan.Zero);
        await shortLived.Delay(TimeSpan.Zero);
        await delayed.Delay(TimeSpan.FromMinutes(30));
        await delayTakenBack.Delay(TimeSpan.FromMinutes(30));
        await delayTakenBack.Delay(TimeSpan.FromMinutes(-1));
        IGrainContext shortContext = silo.Context(shortLived)!, takenBackContext = silo.Context(delayTakenBack)!, delayedContext = silo.Context(delayed)!;
        silo.Time.Advance(TimeSpan.FromMinutes(5));
        await Guard.Within(shortContext.Deactivated, "the short-lived one's end");
        await Guard.Within(takenBackContext.Deactivated, "the end of the one whose delay was taken back");
        Assert.False(delayedContext.Deactivated.IsCompleted);
        silo.Time.Advance(TimeSpan.FromMinutes(30));
        await Guard.Within(delayedContext.Deactivated, "the delayed one's end");
        silo.Time.Advance(TimeSpan.FromDays(2));
        Assert.NotNull(silo.Context(keepAlive));
    }

    [Fact]
    public async Task Options_may_name_a_class()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static builder => builder.Configure<GrainCollectionOptions>(static options => options.ClassSpecificCollectionAge[typeof(ScriptGrain).FullName!] = TimeSpan.FromMinutes(2)),
            virtualTime: true);
        await silo.Grains.GetGrain<IScriptGrain>("x").Fast(1);
        silo.Time.Advance(TimeSpan.FromMinutes(4));
        await silo.Probe.Seen("deactivate x ActivationIdle");
    }
}
