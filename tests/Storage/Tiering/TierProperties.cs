using Actors.Storage.Heat;
using Actors.Storage.Tiering;
using FsCheck;
using FsCheck.Fluent;
using static Actors.Storage.Tests.Tiering.TierWorld;

namespace Actors.Storage.Tests.Tiering;

/// <summary>A volume over weeks of readings of every kind. FsCheck prints the seed.</summary>
public sealed class TierProperties
{
    private const long RoundMs = 300_000;

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 5_000 : 200;

    [Fact]
    public void R2_a_volume_moves_only_after_as_many_known_readings_in_a_row_and_its_cooldown() => Run(readings =>
    {
        var policy = Policy();
        var cooldownMs = (long)policy.Spec.CooldownPeriod.TotalMilliseconds;
        var (volume, memory) = (Volume("cold-a"), TierMemory.Empty);
        var lastMoveMs = -cooldownMs;
        var wanted = new List<Tier?>();
        for (var round = 0; round < readings.Length; round++)
        {
            var nowMs = (round + 1) * RoundMs * 12; // an hour
            var kind = readings[round] % 8;
            var reading = kind == 0 ? new HeatReading(null, "no data", nowMs) : Iops(kind < 4 ? readings[round] % 700 : readings[round] % 9_000, nowMs);
            var from = new TierPools(policy.Spec, Pools, Options).TierOf(volume);
            wanted.Add(reading.Iops is { } iops && TierRule.Wanted(from, iops, policy.Spec, Options.MarginPercent) is var to && to != from ? to : null);

            var decision = Decide(volume, policy, reading, memory);
            memory = decision.Memory;
            var inRow = wanted.AsEnumerable().Reverse().TakeWhile(tier => tier is not null && tier == wanted[^1]).Count();
            var onSide = wanted.AsEnumerable().Reverse().TakeWhile(tier => tier is not null && tier > from == wanted[^1] > from).Count();
            var isDue = (inRow >= Options.Readings || onSide >= 2 * Options.Readings) && nowMs - lastMoveMs >= cooldownMs;
            Assert.Equal(isDue ? TierAction.Move : wanted[^1] is null ? TierAction.Stay : TierAction.Blocked, decision.Action);
            if (decision.Action != TierAction.Move) continue;
            Assert.NotNull(reading.Iops);
            Assert.Equal(inRow >= Options.Readings ? wanted[^1] : Tier.Warm, decision.To);
            volume = volume with { Pools = [decision.Moves.Single().TargetPool] };
            lastMoveMs = nowMs;
            wanted.Clear();
        }
    });

    [Theory]
    [InlineData("cold-a", 4_600, 5_400)] // warm, hot, warm, …
    [InlineData("hot-a", 400, 700)] // cold, warm, cold, …
    public void Readings_that_agree_on_nothing_but_the_direction_bring_a_volume_into_the_nearer_tier(string pool, double low, double high)
    {
        var memory = TierMemory.Empty;
        for (var round = 1; ; round++)
        {
            var decision = Decide(Volume(pool), Policy(), Iops(round % 2 == 0 ? high : low, round * RoundMs), memory);
            memory = decision.Memory;
            Assert.Equal(round < 2 * Options.Readings ? TierAction.Blocked : TierAction.Move, decision.Action);
            if (decision.Action != TierAction.Move) continue;
            Assert.Equal(Tier.Warm, decision.To);
            return;
        }
    }

    [Fact]
    public void One_reading_asked_for_twice_counts_once()
    {
        var memory = TierMemory.Empty;
        for (var again = 0; again < 10; again++)
            memory = Decide(Volume("hot-a"), Policy(), Iops(0, 60_000 + again * 2_000), memory).Memory;

        Assert.Equal(1, memory.InRow);
        Assert.Equal(2, Decide(Volume("hot-a"), Policy(), Iops(0, 90_000), memory).Memory.InRow);
    }

    [Fact]
    public void Heat_that_swings_around_a_watermark_moves_nothing_to_and_fro() => Run(readings =>
    {
        var (memory, moves) = (TierMemory.Empty, 0);
        var policy = Policy(extra: "cooldownPeriod: 1s");
        var volume = Volume("cold-a");
        for (var round = 0; round < readings.Length; round++)
        {
            var decision = Decide(volume, policy, Iops(4_600 + readings[round] % 800, (round + 1) * RoundMs), memory);
            memory = decision.Memory;
            if (decision.Action != TierAction.Move) continue;
            moves++;
            volume = volume with { Pools = [decision.Moves.Single().TargetPool] };
        }

        Assert.InRange(moves, 0, 2); // up, perhaps by way of warm, and never down
    });

    private static void Run(Action<int[]> property) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithStartSize(20).WithEndSize(300),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), property));
}
