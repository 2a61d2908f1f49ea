using Actors.AgentLoad.Checks;
using Actors.Agents;

namespace Actors.AgentLoad.Tests.Checks;

public sealed class UpdateCheckerTests
{
    private const int Agent = 0;
    private const int Client = 1;
    private const int Stranger = 2;
    private const long LostAfter = 100;

    private readonly UpdateChecker _checker = new(3, [(Client, Agent)], LostAfter);

    public UpdateCheckerTests()
    {
        for (var peer = 0; peer < 3; peer++)
            _checker.Joined(peer, now: 0);
    }

    [Fact]
    public void What_is_told_in_order_is_right_and_only_what_was_known_before_is_timed()
    {
        _checker.Announce(Agent, 10);
        Assert.Equal((1, false), (_checker.Unsettled, _checker.IsSettled(Agent)));
        Assert.Equal(new Told(Breach.None, 0, true, false), _checker.ToldNode(Client, Agent, 1, 0, 0));
        _checker.Announce(Agent, 20);
        Assert.Equal(new Told(Breach.None, 1, true, true), _checker.ToldNode(Client, Agent, 2, 0, 0));
        Assert.Equal((0, true), (_checker.Unsettled, _checker.IsSettled(Agent)));
        Assert.Equal(new CheckCounts { Sent = 2, Delivered = 2 }, _checker.Counts);
    }

    [Fact]
    public void What_is_passed_over_for_something_newer_in_time_is_no_loss()
    {
        for (var now = 0; now <= LostAfter; now += 25)
            _checker.Announce(Agent, now);
        Assert.Equal(Breach.None, _checker.ToldNode(Client, Agent, 5, 0, 0).Breach);
        Assert.Empty(Overdue(1_000));
        Assert.Equal((1, 0), (_checker.Counts.Delivered, _checker.Counts.Coalesced)); // what was before the first is not passed over
        _checker.Announce(Agent, 200);
        _checker.Announce(Agent, 201);
        _checker.ToldNode(Client, Agent, 7, 0, 0);
        Assert.Equal(1, _checker.Counts.Coalesced);
    }

    [Fact]
    public void What_had_its_time_and_did_not_come_is_lost_once_however_often_its_peer_sends()
    {
        _checker.Announce(Agent, 0);
        _checker.ToldNode(Client, Agent, 1, 0, 1);
        for (var now = 10; now <= 10 + LostAfter; now += 10)
            _checker.Announce(Agent, now);
        Assert.Empty(Overdue(10 + LostAfter));
        Assert.Equal([new Finding(Breach.Lost, Client, Agent, 12, 1)], Overdue(11 + LostAfter));
        Assert.Empty(Overdue(500));
        Assert.Equal(new Told(Breach.None, 1, true, true), _checker.ToldNode(Client, Agent, 12, 110, 501)); // that was told already
        _checker.Announce(Agent, 600);
        Assert.Single(Overdue(601 + LostAfter));
    }

    [Fact]
    public void What_comes_after_its_time_is_late()
    {
        _checker.Announce(Agent, 0);
        Assert.False(_checker.ToldNode(Client, Agent, 1, 0, LostAfter).IsLate);
        _checker.Announce(Agent, 200);
        Assert.True(_checker.ToldNode(Client, Agent, 2, 200, 201 + LostAfter).IsLate);
        _checker.Announce(Agent, 400);
        _checker.Announce(Agent, 400 + LostAfter);
        Assert.True(_checker.ToldNode(Client, Agent, 4, 400 + LostAfter, 401 + LostAfter).IsLate); // the one before was passed over for too long
        _checker.Announce(Agent, 600);
        _checker.Announce(Agent, 610);
        Assert.False(_checker.ToldNode(Client, Agent, 5, 600, 690).IsLate);
        Assert.True(_checker.ToldNode(Client, Agent, 6, 610, 711).IsLate); // each is told, and each later than it may be
    }

    [Fact]
    public void A_loss_after_the_first_record_of_a_new_connection_is_false()
    {
        _checker.Announce(Agent, 0);
        _checker.ToldNode(Client, Agent, 1, 0, 0);
        _checker.Broke(Agent, 10);
        _checker.Joined(Agent, 11);
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 12)); // of the connection before
        _checker.Announce(Agent, 13);
        _checker.ToldNode(Client, Agent, 2, 13, 14);
        Assert.Equal(Breach.FalselyLost, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 15));
    }

    [Fact]
    public void While_an_end_is_away_nothing_is_lost()
    {
        _checker.Announce(Agent, 0);
        _checker.Broke(Client, 0);
        _checker.Announce(Agent, 500);
        _checker.Joined(Client, 900);
        _checker.Announce(Agent, 950);
        Assert.Empty(Overdue(900 + LostAfter));
        Assert.Equal((1, 3), (_checker.Unsettled, _checker.Online));
        Assert.Equal(new Told(Breach.None, 0, true, false), _checker.ToldNode(Client, Agent, 3, 0, 0));
    }

    [Fact]
    public void The_same_is_told_again_on_a_new_connection_and_not_on_the_old_one()
    {
        _checker.Announce(Agent, 0);
        _checker.ToldNode(Client, Agent, 1, 0, 0);
        Assert.Equal(Breach.Duplicated, _checker.ToldNode(Client, Agent, 1, 0, 0).Breach);
        _checker.Broke(Client, 0);
        Assert.Equal(1, _checker.Unsettled);
        _checker.Joined(Client, 10);
        Assert.Equal(new Told(Breach.None, 1, false, false), _checker.ToldNode(Client, Agent, 1, 0, 0));
        Assert.Equal((0, 1), (_checker.Unsettled, _checker.Counts.Repeated));
    }

    [Fact]
    public void An_older_one_is_stale_on_a_later_connection_too()
    {
        for (var now = 0; now < 3; now++)
            _checker.Announce(Agent, now);
        _checker.ToldNode(Client, Agent, 2, 0, 0);
        Assert.Equal((Breach.Stale, 2), (_checker.ToldNode(Client, Agent, 1, 0, 0).Breach, _checker.ToldNode(Client, Agent, 1, 0, 0).Expected));
        _checker.Broke(Client, 0);
        _checker.Joined(Client, 10);
        Assert.Equal(Breach.Stale, _checker.ToldNode(Client, Agent, 1, 0, 0).Breach);
    }

    [Fact]
    public void What_nobody_has_sent_is_invented_and_strangers_are_told_nothing()
    {
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 1, 0, 0).Breach);
        _checker.Announce(Agent, 0);
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 0, 0, 0).Breach);
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 2, 0, 0).Breach);
        Assert.Equal(Breach.Forbidden, _checker.ToldNode(Stranger, Agent, 1, 0, 0).Breach);
        Assert.Equal(Breach.Forbidden, _checker.ToldOf(Stranger, Agent, PeerUpdateKind.Lost, 0));
    }

    [Fact]
    public void A_loss_needs_a_break_and_a_node_before_it()
    {
        _checker.Announce(Agent, 0);
        Assert.Equal(Breach.Untold, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 0));
        Assert.Equal(Breach.Untold, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 0));
        _checker.ToldNode(Client, Agent, 1, 0, 0);
        Assert.Equal(Breach.FalselyLost, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 0));
        Assert.Equal(Breach.FalselyGone, _checker.ToldOf(Client, Agent, PeerUpdateKind.Disconnected, 0));
        _checker.Broke(Agent, 0);
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 0));
        Assert.Equal(Breach.Duplicated, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost, 0));
        Assert.Equal(1, _checker.Unsettled);
        _checker.Joined(Agent, 20);
        Assert.Equal(Breach.None, _checker.ToldNode(Client, Agent, 1, 0, 0).Breach); // back with what it announced before
        Assert.Equal(0, _checker.Unsettled);
    }

    [Fact]
    public void Readiness_is_for_the_opener_after_the_agent_has_said_it()
    {
        _checker.Announce(Agent, 0);
        _checker.Announce(Client, 0);
        _checker.ToldNode(Client, Agent, 1, 0, 0);
        _checker.ToldNode(Agent, Client, 1, 0, 0);
        Assert.Equal(Breach.Invented, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 0));
        _checker.SayReady(Agent, Client);
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 0));
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 0)); // it may come again
        Assert.Equal(Breach.NotOpener, _checker.ToldOf(Agent, Client, PeerUpdateKind.ReadyForHandshake, 0));
        Assert.Equal((1, 2), (_checker.Counts.ReadiesSaid, _checker.Counts.Readies));
        _checker.Broke(Client, 1);
        _checker.Joined(Client, 2);
        _checker.ToldNode(Client, Agent, 1, 0, 3);
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 4)); // after a reconnect too
        _checker.Renamed(Client, 5);
        Assert.Equal(Breach.Invented, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake, 6)); // that was said to somebody else
    }

    [Fact]
    public void A_connection_is_due_what_it_was_told_and_what_it_had_time_for()
    {
        Assert.Equal(0, _checker.DueTo(Client, 0));
        _checker.Announce(Agent, 10);
        Assert.Equal((0, 1), (_checker.DueTo(Client, 10 + LostAfter), _checker.DueTo(Client, 11 + LostAfter)));
        _checker.ToldNode(Client, Agent, 1, 10, 20);
        Assert.Equal(1, _checker.DueTo(Client, 20));
        _checker.Broke(Client, 30);
        _checker.Joined(Client, 40);
        Assert.Equal((0, 1), (_checker.DueTo(Client, 41), _checker.DueTo(Client, 41 + LostAfter)));
    }

    [Fact]
    public void Two_tunnels_between_the_same_two_are_refused() =>
        Assert.Throws<ArgumentException>(() => new UpdateChecker(2, [(0, 1), (1, 0)], LostAfter));

    private List<Finding> Overdue(long now)
    {
        var lost = new List<Finding>();
        _checker.FindOverdue(now, lost);
        return lost;
    }
}
