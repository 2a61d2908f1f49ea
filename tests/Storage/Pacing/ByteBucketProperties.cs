using Actors.Storage.Pacing;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Storage.Tests.Pacing;

/// <summary>Whatever is granted and asked for, no stretch of time brings more than its budget and the burst. FsCheck prints the seed.</summary>
public sealed class ByteBucketProperties
{
    private const long BurstBytes = 10_000;
    private const long AfterBytesPerSecond = 700;

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 20_000 : 500;

    [Fact]
    public void No_window_brings_more_than_its_budget_and_the_burst() => Run(steps =>
    {
        var bucket = new ByteBucket(BurstBytes, AfterBytesPerSecond, nowNs: 0);
        var budget = new List<(Int128 Earned, long Taken)> { (0, 0) }; // in nanobytes and bytes, at each step
        long now = 0, leaseEnds = 0, rate = 0, taken = 0;
        Int128 earned = 0;
        foreach (var step in steps)
        {
            var value = step / 4;
            switch (step % 4)
            {
                case 0:
                    var to = now + value * 977L;
                    for (var at = now; at < to;)
                    {
                        var next = at < leaseEnds ? Math.Min(leaseEnds, to) : to;
                        earned += (Int128)(at < leaseEnds ? rate : AfterBytesPerSecond) * (next - at);
                        at = next;
                    }

                    now = to;
                    break;
                case 1:
                    rate = value % 5 == 0 ? 0 : value * 7L;
                    leaseEnds = now + value % 1_000 * 1_000_000L;
                    bucket.Renew(now, rate, leaseEnds - now);
                    break;
                default:
                    var bytes = value % (BurstBytes + 1);
                    var wait = bucket.NsUntil(now, bytes);
                    var isTaken = bucket.TryTake(now, bytes);
                    Assert.Equal(wait == 0, isTaken);
                    if (isTaken) taken += bytes;
                    break;
            }

            foreach (var (earnedThen, takenThen) in budget)
                Assert.True((Int128)(taken - takenThen) * 1_000_000_000 <= earned - earnedThen + (Int128)BurstBytes * 1_000_000_000);
            budget.Add((earned, taken));
        }
    });

    [Fact]
    public void The_wait_that_is_named_is_the_shortest_that_suffices() => Run(steps =>
    {
        var bucket = new ByteBucket(BurstBytes, AfterBytesPerSecond, nowNs: 0);
        var now = 0L;
        foreach (var step in steps)
        {
            bucket.Renew(now, step % 3 == 0 ? 0 : step, step % 50 * 1_000_000L);
            var bytes = 1 + step % BurstBytes;
            var wait = bucket.NsUntil(now, bytes)!.Value;
            if (wait > 0) Assert.False(bucket.TryTake(now + wait - 1, bytes));
            now += wait;
            Assert.True(bucket.TryTake(now, bytes));
        }
    });

    [Fact]
    public void A_rate_that_never_brings_the_bytes_has_no_wait()
    {
        var bucket = new ByteBucket(BurstBytes, 0, nowNs: 0);
        Assert.Null(bucket.NsUntil(0, 1));

        bucket.Renew(0, 1_000, timeToLiveNs: 1_000_000_000);
        Assert.Equal(1_000_000_000, bucket.NsUntil(0, 1_000));
        Assert.Null(bucket.NsUntil(0, 1_001)); // the lease ends first

        bucket.Renew(0, 1_000, long.MaxValue);
        Assert.Equal(1_001_000_000, bucket.NsUntil(0, 1_001));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_up_to_the_burst()
    {
        var bucket = new ByteBucket(BurstBytes, BurstBytes, nowNs: 0);
        Assert.True(bucket.TryTake(1_000_000_000, BurstBytes));
        Assert.False(bucket.TryTake(1_000_000_000, 1));

        bucket.Return(600);
        Assert.True(bucket.TryTake(1_000_000_000, 600));
        bucket.Return(BurstBytes);
        bucket.Return(BurstBytes);
        Assert.True(bucket.TryTake(1_000_000_000, BurstBytes));
        Assert.False(bucket.TryTake(1_000_000_000, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => bucket.TryTake(1_000_000_000, BurstBytes + 1));
    }

    private static void Run(Action<int[]> property) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(60),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24))), property));
}
