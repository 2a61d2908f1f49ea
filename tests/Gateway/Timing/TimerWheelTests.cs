using Actors.Grains.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Gateway.Tests.Timing;

/// <summary>Entries fire once, never early and at most one tick late, and an empty wheel has no timer.</summary>
public sealed class TimerWheelTests
{
    private const int TickMs = 10;

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(10_239)]
    [InlineData(10_240)]
    [InlineData(10_241)]
    [InlineData(1_000_000)]
    public void An_entry_fires_within_a_tick_of_its_time(int delayMs)
    {
        using var wheel = new TimerWheel(_time, TickMs);
        var entry = new Entry(_time);

        wheel.Schedule(entry, delayMs);
        _time.Pass(delayMs + (3 * TickMs));

        Assert.InRange(Assert.Single(entry.FiredAtMs) - 1_000, delayMs, delayMs + TickMs);
        Assert.Equal((0, 0), (wheel.Count, _time.Armed));
    }

    [Fact]
    public void An_empty_wheel_wakes_nobody()
    {
        using var wheel = new TimerWheel(_time, TickMs);
        Assert.Equal(0, _time.Armed);
        var entry = new Entry(_time);
        wheel.Schedule(entry, 500);
        Assert.Equal(1, _time.Armed);

        Assert.True(wheel.Cancel(entry));
        Assert.False(wheel.Cancel(entry));
        _time.Pass(10_000);

        Assert.Empty(entry.FiredAtMs);
        Assert.Equal((0, 0), (wheel.Count, _time.Armed));
    }

    [Fact]
    public void An_entry_that_is_scheduled_again_moves()
    {
        using var wheel = new TimerWheel(_time, TickMs);
        var entry = new Entry(_time);
        wheel.Schedule(entry, 100);
        wheel.Schedule(entry, 5_000);
        Assert.Equal(1, wheel.Count);
        _time.Pass(4_999);
        Assert.Empty(entry.FiredAtMs);
        wheel.Schedule(entry, 20);
        _time.Pass(40);

        Assert.InRange(Assert.Single(entry.FiredAtMs), 1_000 + 4_999 + 20, 1_000 + 4_999 + 20 + TickMs);
    }

    [Fact]
    public void An_entry_may_schedule_itself_when_it_fires()
    {
        using var wheel = new TimerWheel(_time, TickMs);
        var entry = new Entry(_time);
        entry.Fired = () =>
        {
            if (entry.FiredAtMs.Count < 5)
                wheel.Schedule(entry, 30);
        };
        wheel.Schedule(entry, 30);

        _time.Pass(1_000);

        Assert.Equal(5, entry.FiredAtMs.Count);
        Assert.All(entry.FiredAtMs.Zip(entry.FiredAtMs.Skip(1), (first, second) => second - first), pauseMs => Assert.InRange(pauseMs, 30, 30 + TickMs));
    }

    [Fact]
    public void Nothing_fires_after_the_end()
    {
        var wheel = new TimerWheel(_time, TickMs);
        var entry = new Entry(_time);
        wheel.Schedule(entry, 10);

        wheel.Dispose();
        wheel.Schedule(new Entry(_time), 10);
        _time.Pass(1_000);

        Assert.Empty(entry.FiredAtMs);
    }

    [Fact]
    public void Whatever_is_scheduled_moved_and_cancelled_fires_on_time_or_not_at_all()
    {
        var step = from kind in Gen.Choose(0, 9)
                   from entry in Gen.Choose(0, 19)
                   from delayMs in Gen.OneOf(Gen.Choose(0, 300), Gen.Choose(0, 30_000))
                   select (kind, entry, delayMs);
        Prop.ForAll(step.ListOf().ToArbitrary(), steps => Run([.. steps])).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));
    }

    private static void Run(List<(int Kind, int Entry, int DelayMs)> steps)
    {
        var time = new VirtualTime();
        using var wheel = new TimerWheel(time, TickMs);
        var entries = Enumerable.Range(0, 20).Select(_ => new Entry(time)).ToArray();
        var due = new long?[entries.Length];
        foreach (var (kind, index, delayMs) in steps)
        {
            switch (kind)
            {
                case 0:
                    Assert.Equal(due[index] is not null, wheel.Cancel(entries[index]));
                    due[index] = null;
                    break;
                case < 3:
                    time.Pass(delayMs);
                    Settle(time.GetTimestamp());
                    break;
                default:
                    wheel.Schedule(entries[index], delayMs);
                    due[index] = time.GetTimestamp() + delayMs;
                    break;
            }

            Assert.Equal(due.Count(at => at is not null), wheel.Count);
        }

        time.Pass(40_000);
        Settle(time.GetTimestamp());
        Assert.All(due, Assert.Null);
        Assert.Equal(0, time.Armed);

        void Settle(long nowMs)
        {
            for (var index = 0; index < entries.Length; index++)
            {
                if (entries[index].FiredAtMs.Count == 0)
                {
                    Assert.False(due[index] + TickMs < nowMs, $"entry {index} was due at {due[index]} and it is {nowMs}");
                    continue;
                }

                var firedAtMs = Assert.Single(entries[index].FiredAtMs);
                Assert.InRange(firedAtMs, due[index] ?? long.MaxValue, due[index] + TickMs ?? 0);
                entries[index].FiredAtMs.Clear();
                due[index] = null;
            }
        }
    }

    private sealed class Entry(VirtualTime time) : TimerWheel.Entry
    {
        public List<long> FiredAtMs { get; } = [];

        public Action Fired { get; set; } = () => { };

        protected internal override void OnDue()
        {
            FiredAtMs.Add(time.GetTimestamp());
            Fired();
        }
    }
}
