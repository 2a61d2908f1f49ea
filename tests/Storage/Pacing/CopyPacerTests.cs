using Actors.Storage.Pacing;
using Actors.Storage.Profiles;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Storage.Tests.Pacing;

/// <summary>The controller and a budget together.</summary>
public sealed class CopyPacerTests
{
    private const long Step = ResyncPacer.StepNs;

    private static readonly ResyncPacerOptions Options = PacingProfile.Find("2.5G")!.ToPacerOptions();

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(30_000_000)]
    [InlineData(200_000_000)]
    public void A_copy_reaches_its_budget_and_stays_there(long budget)
    {
        var pacer = new CopyPacer(Options);
        long allowed = 0, completed = 0;
        for (var step = 0; step < 300; step++)
        {
            completed = pacer.Tick(completed, Step, budget, mustYield: false);
            if (step >= 200) allowed += completed;
        }

        Assert.InRange(allowed, budget * 10 - CopyPacer.BlockBytes, budget * 10 + CopyPacer.BlockBytes);
    }

    [Fact]
    public void Without_budget_and_while_it_gives_way_nothing_is_allowed()
    {
        var pacer = new CopyPacer(Options);
        Assert.Equal(0, pacer.Tick(0, Step, 0, mustYield: false));
        Assert.Equal(0, pacer.Tick(0, Step, 150_000_000, mustYield: true));
        Assert.Equal(0, pacer.InFlightBytes);
        var allowed = pacer.Tick(0, Step, 150_000_000, mustYield: false);
        Assert.InRange(allowed, 8_388_608, 15_000_000);
        Assert.Equal(allowed, pacer.InFlightBytes);

        Assert.Equal(0, pacer.Tick(1_024, Step, 0, mustYield: false));
        Assert.Equal(allowed - 1_024, pacer.InFlightBytes);

        pacer.Reset();
        Assert.Equal(0, pacer.InFlightBytes);
    }

    [Fact]
    public void A_budget_that_falls_is_kept_from_the_next_step_on_and_one_that_rises_is_grown_into()
    {
        var pacer = new CopyPacer(Options);
        var completed = 0L;
        for (var step = 0; step < 300; step++)
            completed = pacer.Tick(completed, Step, 200_000_000, mustYield: false);
        Assert.InRange(completed, 19_990_000, 20_010_000);

        for (var step = 0; step < 100; step++)
        {
            completed = pacer.Tick(completed, Step, 10_000_000, mustYield: false);
            Assert.InRange(completed, 0, 1_000_000 + CopyPacer.BlockBytes);
        }

        Assert.InRange(completed, 995_000, 1_005_000);
        for (var step = 0; step < 300; step++)
            completed = pacer.Tick(completed, Step, 200_000_000, mustYield: false);
        Assert.InRange(completed, 19_990_000, 20_010_000);
    }

    [Fact]
    public void Completed_bytes_need_not_be_whole_sectors()
    {
        var pacer = new CopyPacer(Options);
        pacer.Tick(0, Step, 100_000_000, mustYield: false);
        var before = pacer.InFlightBytes;
        for (var part = 0; part < 512; part++)
            pacer.Tick(1, 1, 0, mustYield: false);

        Assert.Equal(before - 512, pacer.InFlightBytes);
    }

    [Fact]
    public void No_run_of_steps_is_allowed_more_than_its_budgets_and_a_block() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 28))), steps =>
        {
            var pacer = new CopyPacer(Options);
            var sums = new List<(Int128 Earned, Int128 Allowed)> { (0, 0) };
            long completed = 0;
            foreach (var step in steps)
            {
                var budget = step % 7 == 0 ? 0L : step * 3L;
                var elapsed = step % 5 == 0 ? 1_500_000_000L : 100_000_000L - step % 1_000;
                var allowed = pacer.Tick(completed, elapsed, budget, mustYield: step % 11 == 0);
                Assert.Equal(0, allowed % CopyPacer.BlockBytes);
                completed = Math.Min(pacer.InFlightBytes, allowed - allowed % 3);
                sums.Add((sums[^1].Earned + (Int128)budget * Math.Min(elapsed, 1_000_000_000), sums[^1].Allowed + (Int128)allowed * 1_000_000_000));
            }

            for (var from = 0; from < sums.Count; from++)
            {
                for (var to = from; to < sums.Count; to++)
                {
                    Assert.True(sums[to].Allowed - sums[from].Allowed
                        <= sums[to].Earned - sums[from].Earned + (Int128)CopyPacer.BlockBytes * 1_000_000_000);
                }
            }
        }));
}
