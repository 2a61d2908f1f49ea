using Actors.Storage.Pacing;

namespace Actors.Storage.Tests.Pacing;

/// <summary>The controller is DRBD's, tick for tick; and what it does where DRBD's runs do not reach.</summary>
public sealed class ResyncPacerTests
{
    public static TheoryData<string> Runs => [.. PacerVectors.Names];

    [Fact]
    public void R6_all_runs_are_there()
    {
        Assert.Equal(17, PacerVectors.Names.Count());
        Assert.Equal(1_935, PacerVectors.Names.Sum(name => PacerVectors.Ticks(name).Count()));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void R6_every_number_of_every_tick_is_that_of_the_run(string name)
    {
        var pacer = new ResyncPacer(PacerVectors.Options(name));
        foreach (var tick in PacerVectors.Ticks(name))
        {
            var completed = Number("sect_in");
            var step = pacer.Tick(completed, (long)(tick.GetProperty("dur_ms").GetDouble() * 1_000_000));
            var at = $"{name}, tick {Number("i")}";
            Same("blocks4k", step.Blocks, at);
            Same("rate_kib_s", step.RateKiBps, at);
            Same("in_flight_after", pacer.InFlightSectors, at);
            Same("in_flight", pacer.InFlightSectors - 8L * step.Blocks, at);
            Assert.Equal(tick.GetProperty("mode").GetString(), step.Mode.ToString().ToLowerInvariant());
            if (step.Mode == PacerMode.Fixed) continue;
            Same("want", step.WantSectors, at);
            Same("correction", step.CorrectionSectors, at);
            Same("cps", step.CorrectionPerSlotSectors, at);
            Same("curr_corr", step.DueSectors, at);
            Same("req_raw", step.RequestSectors, at);
            Same("plan_total", pacer.PlannedSectors, at);

            long Number(string key) => tick.GetProperty(key).GetInt64();
            void Same(string key, long seen, string where) => Assert.True(Number(key) == seen, $"{where}: {key} is {seen}, not {Number(key)}");
        }
    }

    [Fact]
    public void Blocks_that_were_not_asked_for_are_not_under_way()
    {
        var pacer = new ResyncPacer(PacerVectors.Options("A_2.5G_unconstrained"));
        var step = pacer.Tick(0, ResyncPacer.StepNs);
        Assert.Equal(16_384, pacer.InFlightSectors);

        pacer.Unissued(step.Blocks - 48);

        Assert.Equal(384, pacer.InFlightSectors);
        Assert.Throws<ArgumentOutOfRangeException>(() => pacer.Unissued(49));
        Assert.Throws<ArgumentOutOfRangeException>(() => pacer.Unissued(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pacer.Tick(-1, 1));
    }

    [Fact]
    public void After_a_reset_it_begins_anew_and_late_answers_do_no_harm()
    {
        var pacer = new ResyncPacer(PacerVectors.Options("A_2.5G_unconstrained"));
        var first = pacer.Tick(0, ResyncPacer.StepNs);
        pacer.Tick(8, ResyncPacer.StepNs);

        pacer.Reset();
        Assert.Equal((0, 0), (pacer.InFlightSectors, pacer.PlannedSectors));
        Assert.Equal(first, pacer.Tick(0, ResyncPacer.StepNs));

        pacer.Reset();
        pacer.Tick(16_384, ResyncPacer.StepNs); // asked for before the reset
        Assert.InRange(pacer.InFlightSectors, 0, 51_200);
    }

    [Fact]
    public void A_plan_of_another_length_begins_empty_and_one_of_the_same_goes_on()
    {
        var options = PacerVectors.Options("A_2.5G_unconstrained");
        var pacer = new ResyncPacer(options);
        pacer.Tick(0, ResyncPacer.StepNs);

        pacer.Configure(options with { MaxRateKiBps = 40_000 });
        Assert.Equal(147_456, pacer.PlannedSectors);
        Assert.Equal(1_000, pacer.Tick(16_384, ResyncPacer.StepNs).Blocks);

        pacer.Configure(options with { PlanAheadTenthsOfSecond = 20 });
        Assert.Equal(0, pacer.PlannedSectors);
        Assert.Equal(8_000, pacer.InFlightSectors);
    }

    [Fact]
    public void Answers_beyond_what_any_path_brings_do_not_overflow()
    {
        var pacer = new ResyncPacer(new ResyncPacerOptions { FillTargetSectors = 0, DelayTargetTenthsOfSecond = 100, MaxRateKiBps = 0, MaxBufferPages = 131_072 });
        for (var step = 0; step < 100; step++)
        {
            Assert.InRange(pacer.Tick(long.MaxValue, 1).Blocks, 0, 131_072);
            Assert.InRange(pacer.InFlightSectors, 0, 131_072L * 8);
        }
    }

    [Fact]
    public void Every_option_out_of_range_is_named_at_once()
    {
        var wrong = new ResyncPacerOptions
        {
            ResyncRateKiBps = 0,
            PlanAheadTenthsOfSecond = 301,
            DelayTargetTenthsOfSecond = 0,
            FillTargetSectors = -1,
            MaxRateKiBps = 4_194_305,
            MaxBufferPages = 31,
        };

        var thrown = Assert.Throws<ArgumentException>(() => new ResyncPacer(wrong));

        Assert.Equal(6, wrong.Mistakes().Count);
        Assert.All(wrong.Mistakes(), mistake => Assert.Contains(mistake, thrown.Message));
        Assert.Contains("MaxRateKiBps is 4194305; it is from 0 to 4194304", thrown.Message);
    }
}
