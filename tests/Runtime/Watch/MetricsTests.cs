using Actors.Runtime.Metrics;
using Actors.Runtime.Tests.Calls;
using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Watch;

/// <summary>Every figure moves when what it counts happens.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Activations_are_counted_by_class()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        using var meter = new MeterReader(silo.Services);
        Assert.Equal(0, meter.Sum("actors_grain_activations", ("type", "test.script")));
        for (int i = 0; i < 3; i++)
        {
            await silo.Grains.GetGrain<IScriptGrain>($"g{i}").Fast(1);
        }

        Assert.Equal(3, meter.Sum("actors_grain_activations", ("type", "test.script")));
        IGrainContext context = silo.Context(silo.Grains.GetGrain<IScriptGrain>("g1"))!;
        context.Deactivate(new Orleans.DeactivationReason(Orleans.DeactivationReasonCode.RuntimeRequested, "test"));
        await Guard.Within(context.Deactivated, "the end");
        Assert.Equal(2, meter.Sum("actors_grain_activations", ("type", "test.script")));
    }

    [Fact]
    public async Task Calls_are_counted_by_method_and_outcome()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<SiloMessagingOptions>(static options => options.MaxEnqueuedRequestsHardLimit = 1), virtualTime: true);
        using var meter = new MeterReader(silo.Services);
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        for (int i = 0; i < 5; i++)
        {
            await grain.Add(i, i);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Fail("bang"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => silo.Grains.GetGrain<IFailGrain>("x").Cancelled());
        Task<string> impatient = grain.Impatient("gate");
        await silo.Probe.Seen("gate+");
        Task<int> waiting = grain.Add(1, 1);
        await Assert.ThrowsAsync<LimitExceededException>(() => grain.Add(2, 2));
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(impatient, "the time-out"));
        silo.Probe.Open("gate");
        await Guard.Within(waiting, "the call that waited");

        Assert.Equal(6, Calls(meter, "test.call", "Add", "ok"));
        Assert.Equal(1, Calls(meter, "test.call", "Add", "busy"));
        Assert.Equal(1, Calls(meter, "test.call", "Fail", "error"));
        Assert.Equal(1, Calls(meter, "test.fail", "Cancelled", "cancelled"));
        Assert.Equal(1, Calls(meter, "test.call", "Impatient", "timeout"));
        Assert.Equal(0, Calls(meter, "test.call", "Impatient", "ok"));
    }

    [Fact]
    public async Task Turns_waits_and_contention_are_measured()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        using var meter = new MeterReader(silo.Services);
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Task<string> call = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        Task<string> behind = grain.Normal("gate");
        silo.Probe.Open("gate");
        await Guard.Within(Task.WhenAll(call, behind), "the calls");
        List<double> turns = meter.Values("actors_grain_turn_seconds", ("type", "test.script"));
        Assert.True(turns.Count >= 2, $"{turns.Count} turns");
        Assert.All(turns, static seconds => Assert.InRange(seconds, 0, 30));
        List<double> waits = meter.Values("lock_acquisition_duration_us", ("lock_name", "grain:test.script"));
        Assert.Equal(2, waits.Count);
        Assert.All(waits, static microseconds => Assert.InRange(microseconds, 0, 30e6));

        for (int round = 0; round < 200 && meter.Sum("lock_contention_count", ("lock_name", "grain:test.script")) == 0; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(grain.Fast));
        }

        Assert.True(meter.Sum("lock_contention_count", ("lock_name", "grain:test.script")) > 0, "Calls that come together contend.");
    }

    [Fact]
    public async Task Calls_of_a_class_that_is_called_rarely_are_all_timed_however_busy_others_are()
    {
        const int Rare = 100;
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        using var meter = new MeterReader(silo.Services);
        IScriptGrain busy = silo.Grains.GetGrain<IScriptGrain>("busy");
        ICallGrain rare = silo.Grains.GetGrain<ICallGrain>("rare");
        for (int i = 0; i < Rare; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(busy.Fast));
            await rare.Add(i, i);
        }

        Assert.Equal(Rare, meter.Values("lock_acquisition_duration_us", ("lock_name", "grain:test.call")).Count);
        Assert.InRange(meter.Values("lock_acquisition_duration_us", ("lock_name", "grain:test.script")).Count, 100 * Rare / Sampler.Stride, 50 * Rare);
    }

    [Fact]
    public void Few_turns_are_all_timed_and_many_are_sampled()
    {
        const int More = 64_000;
        var sampler = default(Sampler);
        for (int second = 1; second <= 3; second++)
        {
            for (int i = 0; i < Sampler.BudgetPerEpoch; i++)
            {
                Assert.True(sampler.Next(second), $"Turn {i} of second {second} is timed.");
            }

            Assert.Equal(More / Sampler.Stride, Enumerable.Range(0, More).Count(_ => sampler.Next(second)));
        }
    }

    private static double Calls(MeterReader meter, string type, string method, string outcome) =>
        meter.Sum("actors_grain_calls_total", ("type", type), ("method", method), ("outcome", outcome));
}
