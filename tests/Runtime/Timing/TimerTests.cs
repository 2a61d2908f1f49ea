using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Timing;

/// <summary>Timers of grains, on virtual time.</summary>
public sealed class TimerTests
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    [Fact]
    public async Task A_timer_ticks_when_it_is_due_and_the_period_counts_from_the_end_of_a_tick()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("t", Seconds(5), Seconds(10), gated: true);
        silo.Time.Advance(Seconds(4.9));
        await grain.Touch();
        Assert.False(silo.Probe.Has("tick t"));
        silo.Time.Advance(Seconds(0.1));
        await silo.Probe.Seen("tick t");

        // The tick takes 7 s: the next is due 10 s after its end.
        silo.Time.Advance(Seconds(7));
        silo.Probe.Open("t");
        await silo.Time.Armed(Seconds(22));
        silo.Time.Advance(Seconds(9.9));
        await grain.Touch();
        Assert.Equal(1, silo.Probe.Count("tick t"));
        silo.Time.Advance(Seconds(0.1));
        await silo.Probe.Seen("tick t", 2);
        await silo.Time.Armed(Seconds(32));
        Assert.False(silo.Probe.Has("outside of the grain"));
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("t", Seconds(1), Never);
        await grain.Register("later", Seconds(100), Never);
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick t");
        silo.Time.Advance(Seconds(99));
        await silo.Probe.Seen("tick later");
        Assert.Equal(1, silo.Probe.Count("tick t"));
    }

    [Fact]
    public async Task A_tick_waits_for_a_call_unless_it_interleaves()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("polite", Seconds(1), Never);
        await grain.Register("bold", Seconds(2), Never, interleave: true);
        Task waiting = grain.Wait("gate");
        await silo.Probe.Seen("waits gate");
        silo.Time.Advance(Seconds(2));
        await silo.Probe.Seen("tick bold");
        Assert.False(silo.Probe.Has("tick polite"));
        silo.Probe.Open("gate");
        await silo.Probe.Seen("tick polite");
        await Guard.Within(waiting, "the call");
    }

    [Fact]
    public async Task A_call_waits_for_a_tick_unless_that_interleaves()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("polite", Seconds(1), Never, gated: true);
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick polite");
        Task touch = grain.Touch();
        await grain.Change("polite", Never, Never);
        Assert.False(touch.IsCompleted);
        silo.Probe.Open("polite");
        await Guard.Within(touch, "the call");

        await grain.Register("bold", Seconds(1), Never, interleave: true, gated: true);
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick bold");
        await Guard.Within(grain.Touch(), "the call beside the tick");
        silo.Probe.Open("bold");
    }

    [Fact]
    public async Task A_change_holds_at_once_or_from_the_end_of_the_running_tick()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("t", Seconds(100), Seconds(100), gated: true);
        await grain.Change("t", Seconds(1), Seconds(50));
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick t");
        await grain.Change("t", Seconds(3), Seconds(7));
        silo.Probe.Open("t");
        await silo.Time.Armed(Seconds(4));
        silo.Time.Advance(Seconds(3));
        await silo.Probe.Seen("tick t", 2);
        await silo.Time.Armed(Seconds(11));
        await grain.Change("t", Never, Never);
        silo.Time.Advance(Seconds(1000));
        await grain.Touch();
        Assert.Equal(2, silo.Probe.Count("tick t"));
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more_and_its_token_is_cancelled()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("idle", Seconds(1), Seconds(1));
        await grain.DisposeTimer("idle");
        await grain.Register("t", Seconds(1), Seconds(1), gated: true);
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick t");
        await grain.DisposeTimer("t");
        await silo.Probe.Seen("cancelled t");
        silo.Time.Advance(Seconds(10));
        await grain.Touch();
        Assert.Equal(1, silo.Probe.Count("tick t"));
        Assert.False(silo.Probe.Has("tick idle"));
        Assert.False(silo.Log.Has(1004), "A cancelled tick of a disposed timer is no error.");
    }

    [Fact]
    public async Task Timers_end_with_their_activation()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("t", Seconds(1), Seconds(1));
        IGrainContext context = silo.Context(grain)!;
        await grain.End();
        await Guard.Within(context.Deactivated, "the end");
        silo.Time.Advance(Seconds(10));
        await grain.Touch();
        Assert.False(silo.Probe.Has("tick t"));
    }

    [Fact]
    public async Task A_tick_that_fails_is_logged_and_the_timer_goes_on()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ITimerGrain grain = silo.Grains.GetGrain<ITimerGrain>("x");
        await grain.Register("fail", Seconds(1), Seconds(1));
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick fail");
        await silo.Time.Armed(Seconds(2));
        silo.Time.Advance(Seconds(1));
        await silo.Probe.Seen("tick fail", 2);
        Assert.True(silo.Log.Has(1004));
    }

    [Fact]
    public async Task Every_overload_makes_a_timer()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        await silo.Grains.GetGrain<ITimerGrain>("x").RegisterAllOverloads(Seconds(1));
        silo.Time.Advance(Seconds(1));
        for (int i = 1; i <= 8; i++)
        {
            await silo.Probe.Seen(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"tick {i}"));
        }
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(1, -5)]
    public async Task Times_that_make_no_sense_are_refused(int due, int period)
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => silo.Grains.GetGrain<ITimerGrain>("x").Register("t", Seconds(due), Seconds(period)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
