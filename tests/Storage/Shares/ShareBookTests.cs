using Actors.Storage.Shares;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Storage.Tests.Shares;

/// <summary>Shares that are lent.</summary>
public sealed class ShareBookTests
{
    private const long TimeToLiveMs = 5_000;

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 10_000 : 300;

    private readonly ShareBook _book = new(TimeSpan.FromMilliseconds(TimeToLiveMs));

    [Fact]
    public void A_copy_that_comes_gets_its_share_when_the_first_has_given_it_up()
    {
        Assert.Equal([900], Tick(0, Ask("a", 0)));
        Assert.Equal([450, 0], Tick(1_000, Ask("a", 1), Ask("b", 0))); // a's 900 may be in use still
        Assert.Equal([450, 450], Tick(2_000, Ask("a", 2), Ask("b", 3)));
    }

    [Fact]
    public void What_a_silent_copy_held_is_free_when_its_grant_ends()
    {
        Assert.Equal([900], Tick(0, Ask("a", 0)));
        Assert.Equal([450, 0], Tick(1_000, Ask("b", 0)));
        Assert.Equal([450], Tick(5_999, Ask("b", 3))); // a's second grant, of 450, holds until 6,000
        Assert.Equal([900], Tick(6_000, Ask("b", 4)));
        Assert.Equal(1, _book.Count);
    }

    [Fact]
    public void After_a_budget_fell_nothing_beyond_it_is_lent_again()
    {
        Tick(0, Ask("a", 0), Ask("b", 0));
        Assert.Equal([450, 450], Tick(4_999, Ask("a", 2)).ToList()); // b has been silent: its grant holds until 9,999

        _book.Ask(5_000, Ask("a", 4).Demand, 4);
        Assert.Equal(150, Assert.Single(_book.Tick(5_000, Budgets(600))).BytesPerSecond);
    }

    [Fact]
    public void What_is_released_is_free_at_once()
    {
        Tick(0, Ask("a", 0));
        _book.Release("a");
        Assert.Equal([900], Tick(1, Ask("b", 0)));
    }

    [Fact]
    public void R15_a_link_that_goes_down_pauses_all_in_the_same_tick()
    {
        Tick(0, Ask("a", 0), Ask("b", 0));
        foreach (var name in (string[])["a", "b"]) _book.Ask(100, Ask(name, 0).Demand, 0);

        var grants = _book.Tick(100, Budgets(0));

        Assert.All(grants, grant => Assert.Equal((0, "link"), (grant.BytesPerSecond, grant.WaitsFor)));
    }

    [Fact]
    public void Those_that_run_go_on_before_those_that_wait()
    {
        var budgets = Budgets(900, maxCopies: 1);
        _book.Ask(0, Ask("a", 0).Demand, 0);
        Assert.Equal(900, Assert.Single(_book.Tick(0, Budgets(0, 0))).BytesPerSecond + 900); // waits
        _book.Ask(1, Ask("b", 0).Demand, 0);
        _book.Release("a");
        Assert.Equal(900, _book.Tick(1, budgets).Single(grant => grant.Id == "b").BytesPerSecond);
        _book.Ask(2, Ask("a", 0).Demand, 0);
        _book.Ask(2, Ask("b", 2).Demand, 2);
        var grants = _book.Tick(2, budgets);
        Assert.Equal(["b", "a"], grants.Select(grant => grant.Id));
        Assert.Equal("link", grants[1].WaitsFor);
    }

    /// <summary>Holders hear of grants late or never, crash, and come back; budgets rise and fall. FsCheck prints the seed.</summary>
    [Fact]
    public void However_answers_are_lost_the_rates_in_use_stay_within_the_budgets() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(120),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24))), steps =>
        {
            var book = new ShareBook(TimeSpan.FromMilliseconds(TimeToLiveMs));
            var held = new Dictionary<string, ShareGrant>();
            var budgets = new List<(long AtMs, long Bytes)> { (0, 10_000) };
            var nowMs = 0L;
            foreach (var step in steps)
            {
                nowMs += step % 800;
                if (step % 13 == 0) budgets.Add((nowMs, step % 20_000));
                for (var copy = 0; copy < 6; copy++)
                {
                    var id = $"c{copy}";
                    if ((step >> copy & 1) == 0) continue;
                    book.Ask(nowMs, new CopyDemand(id, ["link"], 1 + step % 9_000, copy * 300), held.GetValueOrDefault(id)?.Number ?? 0);
                }

                foreach (var grant in book.Tick(nowMs, Budgets(budgets[^1].Bytes)))
                {
                    if ((step >> grant.Id[1] - '0' + 8 & 1) == 1) held[grant.Id] = grant; // it arrives
                }

                if (step % 17 == 0) held.Remove($"c{step % 6}"); // crashed: it uses nothing and has forgotten what it had
                var inUse = held.Values.Where(grant => grant.EndsAtMs > nowMs).Sum(grant => grant.BytesPerSecond);
                var inForce = budgets.Where((budget, index) => index == budgets.Count - 1 || budgets[index + 1].AtMs > nowMs - TimeToLiveMs);
                Assert.InRange(inUse, 0, inForce.Max(budget => budget.Bytes));
            }
        }));

    private static (CopyDemand Demand, long GoesBy) Ask(string id, long goesBy) => (new CopyDemand(id, ["link"], 10_000, 100), goesBy);

    private static Dictionary<string, ResourceBudget> Budgets(long bytesPerSecond, int maxCopies = int.MaxValue) => new() { ["link"] = new(bytesPerSecond, maxCopies) };

    private IEnumerable<long> Tick(long nowMs, params (CopyDemand Demand, long GoesBy)[] asking)
    {
        foreach (var (demand, goesBy) in asking) _book.Ask(nowMs, demand, goesBy);
        return [.. _book.Tick(nowMs, Budgets(900)).Select(grant => grant.BytesPerSecond)];
    }
}
