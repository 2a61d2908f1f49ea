using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Calls;
using Actors.Runtime.Tests.Support;
using Actors.Runtime.Watch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace Actors.Runtime.Tests.Watch;

/// <summary>Stalls are seen: logged with grain and method, and counted.</summary>
public sealed class WatchdogTests
{
    [Theory]
    [InlineData(false, "IBlockGrain/Block")]
    [InlineData(true, "IBlockGrain/BlockLater")]
    public async Task A_turn_that_runs_too_long_is_reported_once_with_its_grain_and_method(bool later, string method)
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<WatchdogOptions>(static options =>
        {
            options.LongTurn = TimeSpan.FromMilliseconds(100);
            options.Interval = TimeSpan.FromMilliseconds(10);
        }));
        using var meter = new MeterReader(silo.Services);
        IBlockGrain grain = silo.Grains.GetGrain<IBlockGrain>("stuck");
        Task blocked = later ? grain.BlockLater() : grain.Block();

        // On a busy machine another turn may be slow before it, such as the one that makes the activation.
        await Guard.Until(() => Reports().Any(), "the report");
        Assert.Equal(LogLevel.Warning, Reports().First().Level);
        Assert.Contains("test.block/stuck", Reports().First().Text, StringComparison.Ordinal);
        silo.Probe.Open("unblock");
        await Guard.Within(blocked, "the call");
        Assert.Equal(1, meter.Sum("actors_grain_stalls_total", ("type", "test.block"), ("method", method)));

        IEnumerable<(int EventId, LogLevel Level, string Text)> Reports() =>
            silo.Log.Entries.Where(entry => entry.EventId == 1005 && entry.Text.Contains(method, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_waits_without_a_thread_is_no_stall()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<WatchdogOptions>(static options => options.LongTurn = Timeout.InfiniteTimeSpan));
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").Ordinary("gate");
        await silo.Probe.Seen("gate+");
        await Guard.Until(() => Worker.Snapshot().TrueForAll(worker => worker.Activation?.Silo != silo.Local), "the turn to end");
        using var watchdog = new Watchdog(silo.Local, Options.Create(new WatchdogOptions { LongTurn = TimeSpan.FromTicks(1) }), TimeProvider.System, static item => item.Execute());
        for (int i = 0; i < 10; i++)
        {
            watchdog.Look();
        }

        Assert.DoesNotContain(silo.Log.Entries, static entry => entry.EventId == 1005 && entry.Text.Contains("test.call", StringComparison.Ordinal));
        silo.Probe.Open("gate");
        await Guard.Within(call, "the call");
    }

    [Fact]
    public async Task A_pool_that_does_not_run_its_work_is_reported()
    {
        // The silo's own watchdog is silent, however busy the machine is.
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.Configure<WatchdogOptions>(static options => options.StarvedPool = Timeout.InfiniteTimeSpan));
        using var meter = new MeterReader(silo.Services);
        var time = new VirtualTime();
        IThreadPoolWorkItem? queued = null;
        using var watchdog = new Watchdog(silo.Local, Options.Create(new WatchdogOptions { StarvedPool = TimeSpan.FromSeconds(1) }), time, item => queued = item);
        watchdog.Look();
        time.Advance(TimeSpan.FromSeconds(0.9));
        watchdog.Look();
        Assert.False(silo.Log.Has(1006));
        time.Advance(TimeSpan.FromSeconds(0.2));
        watchdog.Look();
        Assert.True(silo.Log.Has(1006));
        time.Advance(TimeSpan.FromSeconds(0.2));
        watchdog.Look();
        Assert.Equal(1, silo.Log.Entries.Count(static entry => entry.EventId == 1006));
        time.Advance(TimeSpan.FromSeconds(1));
        watchdog.Look();
        Assert.Equal(2, silo.Log.Entries.Count(static entry => entry.EventId == 1006));
        Assert.Equal(1, meter.Sum("actors_grain_stalls_total", ("method", "thread pool")));

        queued!.Execute();
        watchdog.Look();
        time.Advance(TimeSpan.FromSeconds(2));
        watchdog.Look();
        Assert.Equal(2, meter.Sum("actors_grain_stalls_total", ("method", "thread pool")));
    }
}
