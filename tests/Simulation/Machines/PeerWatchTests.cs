using Actors.Runtime.Cluster;
using Orleans.Runtime;
using static Actors.Simulation.Tests.Machines.Silos;

namespace Actors.Simulation.Tests.Machines;

public sealed class PeerWatchTests
{
    private static readonly ClusterTimings Timings = new() { SuspectAfterMs = 1_000, BusyWithinMs = 500, SuspectBusyAfterMs = 3_000, StartGraceMs = 15_000, LateTickMs = 400, VoteFreshMs = 1_000, LoneVoteAfterMs = 10_000 };

    private readonly PeerWatch _watch = new(A, Timings);
    private long _nowMs;

    [Fact]
    public void Who_does_not_answer_for_a_second_is_suspected_and_no_more_when_it_answers()
    {
        Watch(View(1, A, B, C));
        TickUntil(900);
        Assert.Empty(_watch.Suspects());
        TickUntil(1_000);
        Assert.Equal([B, C], _watch.Suspects());
        _watch.Answered(B, 950, _nowMs);
        Assert.Equal([C], _watch.Suspects());
    }

    [Fact]
    public void Who_answers_other_things_is_busy_and_gets_longer()
    {
        Watch(View(1, A, B, C));
        while (_nowMs < 2_900)
        {
            TickUntil(_nowMs + 100);
            _watch.RanTurn(B, _nowMs);
            Assert.Equal(_nowMs < 1_000 ? [] : [C], _watch.Suspects());
        }

        TickUntil(3_000);
        Assert.Equal([B, C], _watch.Suspects());
    }

    [Fact]
    public void Who_answers_probes_late_is_busy()
    {
        Watch(View(1, A, B));
        TickUntil(900);
        _watch.Answered(B, 0, _nowMs);
        TickUntil(1_400);
        Assert.Empty(_watch.Suspects());
        TickUntil(1_500);
        Assert.Equal([B], _watch.Suspects());
    }

    [Fact]
    public void Who_falls_silent_is_busy_no_more()
    {
        Watch(View(1, A, B));
        TickUntil(600);
        _watch.RanTurn(B, 450);
        TickUntil(900);
        Assert.Empty(_watch.Suspects());
        TickUntil(1_000);
        Assert.Equal([B], _watch.Suspects());
    }

    [Fact]
    public void An_old_answer_does_not_take_a_newer_one_back()
    {
        Watch(View(1, A, B));
        _watch.Answered(B, 600, 600);
        _watch.Answered(B, 100, 600);
        TickUntil(1_500);
        Assert.Empty(_watch.Suspects());
    }

    [Fact]
    public void Who_has_never_answered_gets_longer()
    {
        _watch.Install(View(1, A, B), 0);
        TickUntil(14_900);
        Assert.False(_watch.HasAnswered(B));
        Assert.Empty(_watch.Suspects());
        TickUntil(15_000);
        Assert.Equal([B], _watch.Suspects());
    }

    [Fact]
    public void A_silo_that_was_late_itself_suspects_nobody()
    {
        Watch(View(1, A, B));
        TickUntil(800);
        _nowMs = 5_000;
        _watch.Tick(5_000);
        Assert.Empty(_watch.Suspects());
        Assert.Null(_watch.VotersAgainst(B, 5_000));
        TickUntil(5_900);
        Assert.Empty(_watch.Suspects());
        TickUntil(6_000);
        Assert.Equal([B], _watch.Suspects());
    }

    [Fact]
    public void A_silo_that_was_late_takes_an_old_suspicion_back()
    {
        Watch(View(1, A, B));
        TickUntil(1_100);
        Assert.NotNull(_watch.VotersAgainst(B, _nowMs));
        _watch.Tick(9_000);
        Assert.Null(_watch.VotersAgainst(B, 9_000));
    }

    [Fact]
    public void Of_three_two_have_to_agree()
    {
        Watch(View(1, A, B, C));
        _watch.Answered(C, 900, 900);
        TickUntil(1_000);
        Assert.Null(_watch.VotersAgainst(B, _nowMs));
        _watch.HearSuspects(C, [B], _nowMs);
        Assert.Equal((SiloAddress[])[A, C], _watch.VotersAgainst(B, _nowMs)!);
    }

    [Fact]
    public void Of_two_one_is_enough()
    {
        Watch(View(1, A, B));
        TickUntil(1_000);
        Assert.Equal((SiloAddress[])[A], _watch.VotersAgainst(B, _nowMs)!);
    }

    [Fact]
    public void Nobody_votes_for_who_is_not_suspected_here()
    {
        Watch(View(1, A, B, C));
        _watch.HearSuspects(C, [B], 100);
        Assert.Null(_watch.VotersAgainst(B, 100));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("taken back")]
    [InlineData("stranger")]
    [InlineData("its own")]
    public void A_vote_that_is_not_worth_anything_is_not_counted(string why)
    {
        Watch(View(1, A, B, C));
        TickUntil(1_000);
        switch (why)
        {
            case "old":
                _watch.HearSuspects(C, [B], _nowMs);
                TickUntil(2_100);
                break;
            case "taken back":
                _watch.HearSuspects(C, [B], _nowMs);
                _watch.HearSuspects(C, [], _nowMs);
                break;
            case "stranger":
                _watch.HearSuspects(D, [B], _nowMs);
                break;
            default:
                _watch.HearSuspects(B, [B], _nowMs);
                break;
        }

        Assert.Null(_watch.VotersAgainst(B, _nowMs));
    }

    [Fact]
    public void After_ten_seconds_one_is_enough()
    {
        Watch(View(1, A, B, C));
        while (_nowMs < 11_000)
        {
            TickUntil(_nowMs + 100);
            _watch.Answered(C, _nowMs, _nowMs);
            Assert.Equal(_nowMs >= 11_000, _watch.VotersAgainst(B, _nowMs) is not null);
        }
    }

    [Fact]
    public void The_dead_are_not_watched()
    {
        ClusterView first = View(1, A, B, C);
        Watch(first);
        _watch.Install(first.Dead(B, by: C), 10);
        Assert.Equal([C], _watch.Peers);
    }

    /// <summary>All peers have answered once, at time 0.</summary>
    private void Watch(ClusterView view)
    {
        _watch.Install(view, 0);
        foreach (SiloAddress peer in _watch.Peers.ToArray())
        {
            _watch.Answered(peer, 0, 0);
        }
    }

    private void TickUntil(long endMs)
    {
        for (; _nowMs <= endMs; _nowMs += 100)
        {
            _watch.Tick(_nowMs);
        }

        _nowMs = endMs;
    }
}
