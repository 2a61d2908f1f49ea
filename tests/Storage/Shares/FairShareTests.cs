using Actors.Storage.Profiles;
using Actors.Storage.Shares;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Storage.Tests.Shares;

/// <summary>Shares, floors and admission.</summary>
public sealed class FairShareTests
{
    private static readonly PacingProfile Fast = PacingProfile.Find("25G")!;

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 20_000 : 1_000;

    [Fact]
    public void R8_shares_on_one_link_are_those_of_the_examples()
    {
        Assert.Equal([1_024_000, 1_024_000], Shares(2_048_000, (2_048_000, 0), (2_048_000, 0)));
        Assert.Equal([1_500_000, 400_000], Shares(2_048_000, (1_500_000, 0), (400_000, 0)));
        Assert.Equal([1_548_000, 500_000], Shares(2_048_000, (2_048_000, 0), (500_000, 0)));
        Assert.Equal([1_000, 200, 200], Shares(1_400, (2_000, 1_000), (2_000, 0), (2_000, 0))); // a floor above the level
    }

    [Fact]
    public void R8_a_link_of_the_cluster_takes_three_copies_and_the_fourth_waits()
    {
        var floor = (long)Fast.MinRateKiBps;
        var demands = Enumerable.Range(0, 4).Select(copy => new CopyDemand($"v{copy}", ["link"], Fast.MaxRateKiBps, floor)).ToList();

        var shares = FairShares.Divide(Budget(("link", new(Fast.MaxRateKiBps))), demands);

        Assert.Equal([682_666, 682_666, 682_666, 0], shares.Select(share => share.BytesPerSecond));
        Assert.Equal([null, null, null, "link"], shares.Select(share => share.WaitsFor));
    }

    [Fact]
    public void R5_a_resource_may_bound_the_number_of_copies_only()
    {
        var demands = Enumerable.Range(0, 3).Select(copy => new CopyDemand($"v{copy}", ["link", "policy"], 100, 10)).ToList();

        var shares = FairShares.Divide(Budget(("link", new(1_000)), ("policy", new(long.MaxValue, MaxCopies: 2))), demands);

        Assert.Equal([100, 100, 0], shares.Select(share => share.BytesPerSecond));
        Assert.Equal("policy", shares[2].WaitsFor);
    }

    [Fact]
    public void A_copy_is_charged_to_the_link_the_source_and_the_target()
    {
        var budgets = Budget(("link", new(1_000)), ("read", new(300)), ("write", new(600)), ("other", new(1_000)));
        var shares = FairShares.Divide(budgets,
        [
            new("a", ["link", "read", "write"], 1_000, 0), // the source holds it back
            new("b", ["link", "write"], 1_000, 0), // has what is left of the target
            new("c", ["link", "other"], 1_000, 0), // has what is left of the link
        ]);

        Assert.Equal([300, 300, 400], shares.Select(share => share.BytesPerSecond));
    }

    [Fact]
    public void What_nobody_knows_has_no_room()
    {
        var share = Assert.Single(FairShares.Divide(Budget(), [new("a", ["link"], 10, 0)]));
        Assert.Equal(new CopyShare("a", 0, "link"), share);
    }

    [Theory]
    [InlineData(1_000, 20, 0, 10_000, 800)]
    [InlineData(1_000, 20, 0, 500, 500)]
    [InlineData(1_000, 20, 700, 500, 100)]
    [InlineData(1_000, 20, 900, 500, 0)]
    public void R8_a_links_budget_leaves_the_applications_theirs(long capacity, int headroom, long application, long max, long expected) =>
        Assert.Equal(expected, ResourceBudget.Of(capacity, headroom, application, max));

    [Fact]
    public void Whatever_is_asked_budgets_hold_nothing_is_left_over_and_nobody_has_more_than_another_could_have() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(40),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 28))), numbers =>
        {
            var budgets = new Dictionary<string, ResourceBudget>();
            var names = Enumerable.Range(0, 5).Select(index => $"r{index}").ToList();
            var random = new Random(numbers.Aggregate(17, (sum, number) => unchecked(sum * 31 + number)));
            foreach (var name in names)
                budgets[name] = new(random.Next(5) == 0 ? 0 : random.Next(1, 10_000), random.Next(4) == 0 ? random.Next(4) : int.MaxValue);
            var demands = numbers.Select((number, index) => new CopyDemand(
                $"c{index}", [.. names.Where((_, bit) => (number >> bit & 1) == 1).DefaultIfEmpty("r0")], 1 + number % 5_000, number % 3 == 0 ? 0 : number % 900)).ToList();

            var shares = FairShares.Divide(budgets, demands);

            Int128 Used(string name) => demands.Zip(shares).Where(pair => pair.First.Resources.Contains(name)).Aggregate((Int128)0, (sum, pair) => sum + pair.Second.BytesPerSecond);
            int Copies(string name) => demands.Zip(shares).Count(pair => pair.Second.WaitsFor is null && pair.First.Resources.Contains(name));
            foreach (var name in names)
            {
                Assert.True(Used(name) <= budgets[name].BytesPerSecond);
                Assert.True(Copies(name) <= budgets[name].MaxCopies);
            }

            for (var copy = 0; copy < demands.Count; copy++)
            {
                var (demand, share) = (demands[copy], shares[copy]);
                if (share.WaitsFor is { } waitsFor)
                {
                    var earlier = demands.Take(copy).Where((other, index) => shares[index].WaitsFor is null && other.Resources.Contains(waitsFor)).ToList();
                    Assert.True(budgets[waitsFor].BytesPerSecond == 0 || earlier.Count >= budgets[waitsFor].MaxCopies
                        || earlier.Sum(other => other.EffectiveFloorBytesPerSecond) + demand.EffectiveFloorBytesPerSecond > budgets[waitsFor].BytesPerSecond);
                    Assert.Equal(0, share.BytesPerSecond);
                    continue;
                }

                Assert.InRange(share.BytesPerSecond, demand.EffectiveFloorBytesPerSecond, demand.DemandBytesPerSecond);
                if (share.BytesPerSecond == demand.DemandBytesPerSecond) continue;
                Assert.Contains(demand.Resources, name =>
                    budgets[name].BytesPerSecond - Used(name) < Copies(name)
                    && demands.Zip(shares).Where(pair => pair.First.Resources.Contains(name)).All(pair =>
                        pair.Second.BytesPerSecond <= Math.Max(share.BytesPerSecond, pair.First.EffectiveFloorBytesPerSecond)));
            }
        }));

    private static IEnumerable<long> Shares(long budget, params (long Demand, long Floor)[] copies) =>
        FairShares.Divide(Budget(("link", new(budget))), [.. copies.Select((copy, index) => new CopyDemand($"v{index}", ["link"], copy.Demand, copy.Floor))])
            .Select(share => share.BytesPerSecond);

    private static Dictionary<string, ResourceBudget> Budget(params (string Name, ResourceBudget Budget)[] budgets) => budgets.ToDictionary(pair => pair.Name, pair => pair.Budget);
}
