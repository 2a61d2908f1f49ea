using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Life;

/// <summary>How activations begin and end.</summary>
public sealed class DeactivationTests
{
    [Fact]
    public async Task A_call_that_runs_ends_first_and_waiting_calls_go_to_the_next_activation_in_order()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Task running = grain.Normal("1");
        await silo.Probe.Seen("1+");
        silo.Context(grain)!.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "test"));
        Task second = grain.Normal("2");
        Task third = grain.Normal("3");
        silo.Probe.Open("2");
        silo.Probe.Open("3");
        Assert.False(silo.Probe.Has("2+"));
        silo.Probe.Open("1");
        await Guard.Within(Task.WhenAll(running, second, third), "all calls");
        Assert.Equal(
            ["activate x", "1+", "1-", "deactivate x ApplicationRequested", "activate x", "2+", "2-", "3+", "3-"], silo.Probe.Log);
    }

    [Fact]
    public async Task Calls_behind_the_one_that_deactivates_are_not_run_by_the_old_activation()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("gated");
        Task end = grain.Deactivate();
        Task<string>[] behind = [grain.Normal("1"), grain.Always("2"), grain.Normal("3")];
        for (int i = 1; i <= 3; i++)
        {
            silo.Probe.Open(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        silo.Probe.Open("activate");
        await Guard.Within(Task.WhenAll([end, .. behind]), "all calls");
        IReadOnlyList<string> log = silo.Probe.Log;
        Assert.Equal("activate gated", log[0]);
        Assert.Equal("deactivate gated ApplicationRequested", log[1]);
        Assert.Equal("activate gated", log[2]);
    }

    [Fact]
    public async Task A_call_during_the_end_waits_for_the_next_activation()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("slow end");
        await grain.Fast(1);
        IGrainContext context = silo.Context(grain)!;
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "test"));
        await silo.Probe.Seen("deactivate slow end RuntimeRequested");
        Task<int> call = grain.Fast(2);
        Assert.False(context.Deactivated.IsCompleted);
        silo.Probe.Open("end");
        Assert.Equal(2, await Guard.Within(call, "the call"));
        await Guard.Within(context.Deactivated, "the end");
        Assert.Equal(2, silo.Probe.Count("activate slow end"));
        Assert.Null(context.GrainInstance);
    }

    [Fact]
    public async Task A_grain_whose_end_fails_or_takes_too_long_ends_all_the_same()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("slow end");
        await grain.Fast(1);
        IGrainContext context = silo.Context(grain)!;
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "test"));
        await silo.Probe.Seen("deactivate slow end RuntimeRequested");
        await Guard.Until(
            () =>
            {
                silo.Time.Advance(TimeSpan.FromSeconds(1));
                return context.Deactivated.IsCompleted;
            },
            "the end, when its token is cancelled");
        Assert.True(silo.Time.Now >= TimeSpan.FromSeconds(30), $"Its token was cancelled early, at {silo.Time.Now}.");
        Assert.True(silo.Log.Has(1001));
    }

    [Fact]
    public async Task A_grain_that_does_not_come_up_fails_its_callers_and_is_tried_again()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IBirthGrain grain = silo.Grains.GetGrain<IBirthGrain>("x");
        Task<string>[] calls = [grain.Say("1"), grain.Say("2")];
        silo.Probe.Open("birth");
        foreach (Task<string> call in calls)
        {
            Assert.Equal("stillborn 1", (await Assert.ThrowsAsync<InvalidOperationException>(() => Guard.Within(call, "the refusal"))).Message);
        }

        Assert.Equal("3", await Guard.Within(grain.Say("3"), "the next call"));
        Assert.Equal(["disposed", "born"], silo.Probe.Log);
    }

    [Fact]
    public async Task A_grain_that_cannot_be_made_says_why()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        OrleansConfigurationException why = await Assert.ThrowsAsync<OrleansConfigurationException>(() => silo.Grains.GetGrain<ICountGrain>("x").Count());
        Assert.Contains(nameof(Ledger), why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activation_that_takes_too_long_has_its_token_cancelled()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static builder => builder.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromHours(1)), virtualTime: true);
        Task<string> call = silo.Grains.GetGrain<IBirthGrain>("slow").Say("1");
        await silo.Probe.Seen("slow birth");
        silo.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        // The time for activating may begin a moment after the grain has said that it is born.
        await Guard.Until(
            () =>
            {
                silo.Time.Advance(TimeSpan.FromSeconds(31));
                return call.IsCompleted;
            },
            "the end of the activation");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_stopping_silo_ends_all_activations_with_that_reason_and_takes_no_new_ones()
    {
        TestSilo silo = await TestSilo.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await silo.Grains.GetGrain<IScriptGrain>($"g{i}").Fast(i);
        }

        await Guard.Within(silo.StopAsync(), "the stop");
        for (int i = 0; i < 20; i++)
        {
            Assert.True(silo.Probe.Has($"deactivate g{i} ShuttingDown"), $"g{i} was told");
        }

        Assert.Equal(0, silo.Local.LiveActivations);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => silo.Grains.GetGrain<IScriptGrain>("g1").Fast(1));
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_does_not_wait_longer_than_its_bound()
    {
        TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<GrainCollectionOptions>(static options => options.DeactivationTimeout = TimeSpan.FromMilliseconds(200)));
        _ = silo.Grains.GetGrain<IScriptGrain>("x").Normal("never");
        await silo.Probe.Seen("never+");
        await Guard.Within(silo.StopAsync(), "the stop");
        Assert.True(silo.Log.Has(1007));
        silo.Probe.Open("never");
        await silo.DisposeAsync();
    }

    [Fact]
    public async Task A_grain_ends_only_once_and_for_the_first_reason()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        await grain.Fast(1);
        IGrainContext context = silo.Context(grain)!;
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "first"));
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "second"));
        await Guard.Within(context.Deactivated, "the end");
        Assert.Equal(["activate x", "deactivate x RuntimeRequested"], silo.Probe.Log);
    }

    [Fact]
    public async Task A_context_tells_who_it_is()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        await grain.Fast(1);
        IGrainContext context = silo.Context(grain)!;
        Assert.Equal("test.script/x", context.GrainId.ToString());
        Assert.Equal(context.GrainId, context.Address.GrainId);
        Assert.True(context.Address.IsComplete);
        Assert.Equal(silo.Local.Address, context.Address.SiloAddress);
        Assert.IsType<ScriptGrain>(context.GrainInstance);
        Assert.Equal((GrainReference)(object)grain, context.GrainReference);
        ActivationId first = context.ActivationId;
        Assert.Equal(first, context.ActivationId);
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "test"));
        await Guard.Within(context.Deactivated, "the end");
        await grain.Fast(1);
        Assert.NotEqual(first, silo.Context(grain)!.ActivationId);
    }
}
