using System.Globalization;
using Actors.Harness;
using Actors.Storage.Pacing;
using Actors.Storage.Profiles;

namespace Actors.Storage.Tests.Profiles;

/// <summary>The profiles' numbers, their units, and the page that explains them.</summary>
public sealed class PacingProfileTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "profiles.md"));

    public static TheoryData<string> Names => [.. PacingProfile.All.Select(profile => profile.Name)];

    [Fact]
    public void R8_there_are_profiles_of_three_speeds()
    {
        Assert.Equal(["2.5G", "10G", "25G"], PacingProfile.All.Select(profile => profile.Name));
        Assert.Equal([305_175, 1_220_703, 3_051_757], PacingProfile.All.Select(profile => profile.LinkKiBps));
        Assert.Null(PacingProfile.Find("25g"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_profile_is_within_DRBDs_ranges_and_within_its_link(string name)
    {
        var profile = PacingProfile.Find(name)!;

        Assert.Empty(profile.ToPacerOptions().Mistakes());
        Assert.InRange(profile.MaxRateKiBps, profile.LinkKiBps / 2, profile.LinkKiBps * 9 / 10);
        Assert.InRange(profile.MinRateKiBps, profile.MaxRateKiBps * 30 / 100, profile.MaxRateKiBps * 34 / 100); // about a third
        Assert.InRange(profile.SocketBufferBytes, 1, 134_217_728);
    }

    /// <summary>The predecessor wrote a number of KiB where sectors of 512 bytes are counted.</summary>
    [Fact]
    public void The_fill_targets_are_what_the_predecessor_meant()
    {
        var slipped = PacingProfile.All.Where(profile => profile.PredecessorFillTarget is not null).ToList();

        Assert.Equal(["2.5G", "25G"], slipped.Select(profile => profile.Name));
        Assert.All(slipped, profile => Assert.Equal(profile.PredecessorFillTarget * 1_024, profile.FillTargetSectors * 512));
    }

    /// <summary>On a path that answers within the tick.</summary>
    [Theory]
    [InlineData("2.5G", 1_024, 105)]
    [InlineData("2.5G", null, 53)]
    [InlineData("25G", 5_120, 154)]
    [InlineData("25G", null, 78)]
    public void The_slip_halves_the_speed_of_the_ramp(string name, int? fillTargetSectors, int expectedTick)
    {
        var profile = PacingProfile.Find(name)!;
        var pacer = new ResyncPacer(profile.ToPacerOptions() with { FillTargetSectors = fillTargetSectors ?? profile.FillTargetSectors });
        var tick = 0;
        for (var completed = 0L; ; tick++)
        {
            var step = pacer.Tick(completed, ResyncPacer.StepNs);
            if (step.RateKiBps >= profile.MaxRateKiBps * 95L / 100) break;
            completed = step.Blocks * 8L;
        }

        Assert.Equal(expectedTick, tick);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_has_every_number(string name)
    {
        var profile = PacingProfile.Find(name)!;
        var header = Cells("parameter");
        var column = header.IndexOf($"`{name}`");
        Assert.InRange(column, 1, header.Count);

        Has("link", profile.LinkBitsPerSecond / 1_000_000, "Mbit/s");
        Has("c-max-rate", profile.MaxRateKiBps, "KiB/s");
        Has("c-min-rate", profile.MinRateKiBps, "KiB/s");
        Has("resync-rate", profile.ResyncRateKiBps, "KiB/s");
        Has("c-plan-ahead", profile.PlanAheadTenthsOfSecond, "0.1 s");
        Has("c-delay-target", profile.DelayTargetTenthsOfSecond, "0.1 s");
        Has("c-fill-target", profile.FillTargetSectors, "sectors of 512 bytes");
        Has("max-buffers", profile.MaxBufferPages, "pages of 4 KiB");
        Has("sndbuf-size, rcvbuf-size", profile.SocketBufferBytes, "bytes");

        void Has(string parameter, long value, string unit)
        {
            var cells = Cells($"`{parameter}`");
            Assert.Equal(unit, cells[1]);
            Assert.Equal(value.ToString("N0", CultureInfo.InvariantCulture), cells[column]);
        }
    }

    private static List<string> Cells(string firstCell)
    {
        var row = Page.Split('\n').Single(line => line.StartsWith($"| {firstCell} |", StringComparison.Ordinal));
        return [.. row.Trim('|', ' ').Split('|').Select(cell => cell.Trim())];
    }
}
