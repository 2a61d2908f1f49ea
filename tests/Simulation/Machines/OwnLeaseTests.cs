using Actors.Runtime.Cluster;
using Orleans.Runtime;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class OwnLeaseTests
{
    private const long StoreAwayMs = 60_000;

    private readonly OwnLease _lease = new(A, new ClusterTimings { LeaseMs = 2_000, StoreAwayMs = StoreAwayMs });

    public OwnLeaseTests() => _lease.GrantedByStore(0);

    [Fact]
    public void Without_a_view_there_is_none()
    {
        _lease.Asked(1, 100);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
    }

    [Fact]
    public void One_silo_alone_is_no_majority_and_needs_the_store()
    {
        _lease.Install(View(1, A));
        _lease.Asked(1, 100);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
        _lease.GrantedByStore(150);
        Assert.Equal(2_150, _lease.ValidUntilMs);
    }

    [Fact]
    public void Who_joins_has_none_yet_although_the_store_knows_it()
    {
        _lease.Install(View(1, B).Is(A, SiloStatus.Joining));
        _lease.GrantedByStore(150);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
    }

    [Fact]
    public void Without_a_word_of_the_store_for_long_the_others_grants_are_not_enough()
    {
        _lease.Install(View(1, A, B));
        _lease.Asked(1, StoreAwayMs + 1);
        _lease.GrantedBy(B, 1);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
        _lease.GrantedByStore(10);
        Assert.Equal(2_010, _lease.ValidUntilMs);
        _lease.Asked(2, StoreAwayMs + 10);
        _lease.GrantedBy(B, 2);
        Assert.Equal(StoreAwayMs + 2_010, _lease.ValidUntilMs);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    public void A_majority_of_the_holders_has_to_grant_it(int holders, int others)
    {
        SiloAddress[] silos = [A, B, C, D, E];
        _lease.Install(View(1, silos[..holders]));
        _lease.Asked(1, 100);
        for (int i = 1; i <= others; i++)
        {
            Assert.Equal(long.MinValue, _lease.ValidUntilMs);
            _lease.GrantedBy(silos[i], 1);
            _lease.GrantedBy(silos[1], 1);
        }

        Assert.Equal(2_100, _lease.ValidUntilMs);
    }

    [Fact]
    public void It_counts_from_when_the_granted_round_was_sent()
    {
        _lease.Install(View(1, A, B));
        _lease.Asked(1, 100);
        _lease.Asked(2, 350);
        _lease.GrantedBy(B, 1);
        Assert.Equal(2_100, _lease.ValidUntilMs);
        _lease.GrantedBy(B, 2);
        Assert.Equal(2_350, _lease.ValidUntilMs);
    }

    [Fact]
    public void Grants_of_one_round_do_not_help_another()
    {
        _lease.Install(View(1, A, B, C, D, E));
        _lease.Asked(1, 100);
        _lease.Asked(2, 350);
        _lease.GrantedBy(B, 1);
        _lease.GrantedBy(C, 2);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
    }

    [Fact]
    public void Who_has_no_say_in_the_view_grants_nothing()
    {
        _lease.Install(View(1, A, B).Dead(C, by: B).Is(D, SiloStatus.Joining));
        _lease.Asked(1, 100);
        _lease.GrantedBy(C, 1);
        _lease.GrantedBy(D, 1);
        _lease.GrantedBy(E, 1);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
    }

    [Fact]
    public void Rounds_that_were_asked_in_another_view_count_no_more()
    {
        _lease.Install(View(1, A, B));
        _lease.Asked(1, 100);
        _lease.Install(View(2, A, B, C));
        _lease.GrantedBy(B, 1);
        Assert.Equal(long.MinValue, _lease.ValidUntilMs);
    }

    [Fact]
    public void What_was_granted_stays_when_the_view_changes()
    {
        _lease.Install(View(1, A));
        _lease.GrantedByStore(100);
        _lease.Install(View(2, A, B));
        Assert.Equal(2_100, _lease.ValidUntilMs);
    }

    [Fact]
    public void The_stores_word_is_enough_and_never_shortens_it()
    {
        _lease.Install(View(1, A, B, C));
        _lease.GrantedByStore(500);
        _lease.GrantedByStore(300);
        Assert.Equal(2_500, _lease.ValidUntilMs);
    }
}
