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
    private readonly List<Finding> _lost = [];

    public UpdateCheckerTests()
    {
        for (var peer = 0; peer < 3; peer++)
            _checker.Joined(peer, now: 0);
    }

    [Fact]
    public void What_is_told_in_order_is_right_and_only_what_was_known_before_is_timed()
    {
        _checker.Announce(Agent, 10, _lost);
        Assert.Equal((1, false), (_checker.Unsettled, _checker.IsSettled(Agent)));
        Assert.Equal(new Told(Breach.None, 0, true, false), _checker.ToldNode(Client, Agent, 1));
        _checker.Announce(Agent, 20, _lost);
        Assert.Equal(new Told(Breach.None, 1, true, true), _checker.ToldNode(Client, Agent, 2));
        Assert.Equal((0, true), (_checker.Unsettled, _checker.IsSettled(Agent)));
        Assert.Equal(new CheckCounts { Sent = 2, Delivered = 2 }, _checker.Counts);
    }

    [Fact]
    public void What_is_passed_over_for_something_newer_in_time_is_no_loss()
    {
        for (var now = 0; now <= LostAfter; now += 25)
            _checker.Announce(Agent, now, _lost);
        Assert.Equal(Breach.None, _checker.ToldNode(Client, Agent, 5).Breach);
        Assert.Empty(_lost);
        Assert.Empty(_checker.Behind());
        Assert.Equal((1, 0), (_checker.Counts.Delivered, _checker.Counts.Coalesced)); // what was before the first is not passed over
        _checker.Announce(Agent, 200, _lost);
        _checker.Announce(Agent, 201, _lost);
        _checker.ToldNode(Client, Agent, 7);
        Assert.Equal(1, _checker.Counts.Coalesced);
    }

    [Fact]
    public void What_had_its_time_and_did_not_come_is_lost_when_the_next_is_sent_and_at_the_end()
    {
        _checker.Announce(Agent, 0, _lost);
        _checker.ToldNode(Client, Agent, 1);
        _checker.Announce(Agent, 10, _lost);
        _checker.Announce(Agent, 11 + LostAfter, _lost);
        Assert.Equal([new Finding(Breach.Lost, Client, Agent, 2, 1)], _lost);
        Assert.Equal([new Finding(Breach.Lost, Client, Agent, 3, 1)], _checker.Behind());
    }

    [Fact]
    public void While_an_end_is_away_nothing_is_lost()
    {
        _checker.Announce(Agent, 0, _lost);
        _checker.Broke(Client);
        _checker.Announce(Agent, 500, _lost);
        _checker.Joined(Client, 900);
        _checker.Announce(Agent, 950, _lost);
        Assert.Empty(_lost);
        Assert.Equal((1, 3), (_checker.Unsettled, _checker.Online));
        Assert.Equal(new Told(Breach.None, 0, true, false), _checker.ToldNode(Client, Agent, 3));
    }

    [Fact]
    public void The_same_is_told_again_on_a_new_connection_and_not_on_the_old_one()
    {
        _checker.Announce(Agent, 0, _lost);
        _checker.ToldNode(Client, Agent, 1);
        Assert.Equal(Breach.Duplicated, _checker.ToldNode(Client, Agent, 1).Breach);
        _checker.Broke(Client);
        Assert.Equal(1, _checker.Unsettled);
        _checker.Joined(Client, 10);
        Assert.Equal(new Told(Breach.None, 1, false, false), _checker.ToldNode(Client, Agent, 1));
        Assert.Equal((0, 1), (_checker.Unsettled, _checker.Counts.Repeated));
    }

    [Fact]
    public void An_older_one_is_stale_on_a_later_connection_too()
    {
        for (var now = 0; now < 3; now++)
            _checker.Announce(Agent, now, _lost);
        _checker.ToldNode(Client, Agent, 2);
        Assert.Equal((Breach.Stale, 2), (_checker.ToldNode(Client, Agent, 1).Breach, _checker.ToldNode(Client, Agent, 1).Expected));
        _checker.Broke(Client);
        _checker.Joined(Client, 10);
        Assert.Equal(Breach.Stale, _checker.ToldNode(Client, Agent, 1).Breach);
    }

    [Fact]
    public void What_nobody_has_sent_is_invented_and_strangers_are_told_nothing()
    {
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 1).Breach);
        _checker.Announce(Agent, 0, _lost);
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 0).Breach);
        Assert.Equal(Breach.Invented, _checker.ToldNode(Client, Agent, 2).Breach);
        Assert.Equal(Breach.Forbidden, _checker.ToldNode(Stranger, Agent, 1).Breach);
        Assert.Equal(Breach.Forbidden, _checker.ToldOf(Stranger, Agent, PeerUpdateKind.Lost));
    }

    [Fact]
    public void A_loss_needs_a_break_and_a_node_before_it()
    {
        _checker.Announce(Agent, 0, _lost);
        Assert.Equal(Breach.Untold, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost));
        Assert.Equal(Breach.Untold, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake));
        _checker.ToldNode(Client, Agent, 1);
        Assert.Equal(Breach.FalselyLost, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost));
        Assert.Equal(Breach.FalselyGone, _checker.ToldOf(Client, Agent, PeerUpdateKind.Disconnected));
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.ReadyForHandshake));
        _checker.Broke(Agent);
        Assert.Equal(Breach.None, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost));
        Assert.Equal(Breach.Duplicated, _checker.ToldOf(Client, Agent, PeerUpdateKind.Lost));
        Assert.Equal(1, _checker.Unsettled);
        _checker.Joined(Agent, 20);
        Assert.Equal(Breach.None, _checker.ToldNode(Client, Agent, 1).Breach); // back with what it announced before
        Assert.Equal(0, _checker.Unsettled);
    }

    [Fact]
    public void Two_tunnels_between_the_same_two_are_refused() =>
        Assert.Throws<ArgumentException>(() => new UpdateChecker(2, [(0, 1), (1, 0)], LostAfter));
}
