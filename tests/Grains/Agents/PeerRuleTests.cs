using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>Rules of the machine that hold whatever heals by itself afterwards: each alone, without waiting for anything.</summary>
public sealed class PeerRuleTests
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 500 } };

    [Fact]
    public void A_view_that_is_not_newer_changes_nothing()
    {
        Linked();
        _rig.Tell(Client, grain => grain.ViewChanged(new AgentView(1, new HashSet<(int, int)>()), _rig.Now));
        Assert.True(_rig.Grains[Client].Own.IsLive);
    }

    [Fact]
    public void Who_reports_an_end_asks_again_when_the_loss_is_said_and_not_before()
    {
        Linked();
        var session = _rig.Sessions[Agent];
        _rig.Close(Agent, isGoodbye: false);
        Assert.InRange(session.NextReportMs, _rig.NowMs + _rig.Options.LostGraceMs, _rig.NowMs + _rig.Options.LostGraceMs + _rig.SessionOptions.RetryMs);
    }

    [Fact]
    public void A_gateways_no_means_nothing_once_the_session_is_attached()
    {
        var session = Linked();
        _rig.Tell(Client, grain => grain.GatewayAnswered(Client, session.Epoch, isHeld: false, _rig.Now));
        Assert.True(_rig.Grains[Client].Own.IsLive);
    }

    [Fact]
    public void A_connection_below_an_epoch_that_others_know_is_made_anew_with_its_first_report()
    {
        var session = _rig.Connect(Client);
        _rig.Tell(Client, grain => grain.Receive(new PeerPush { From = Agent, KnownEpoch = session.Epoch + 1 }, _rig.Now));
        Assert.Equal(ReportOutcome.Restart, _rig.Report(Client)!.Outcome);
    }

    [Fact]
    public void What_is_new_does_not_wait_for_a_neighbour_that_answers_and_learns_nothing()
    {
        var rig = new PeerRig { Options = new PeerOptions { MaxIncoming = 0 } };
        rig.Connect(Agent);
        rig.Settle();
        var client = rig.Connect(Client);
        client.Open(Agent);
        rig.Report(Client);
        while (rig.Waiting.Count > 0)
            rig.Perform(0);
        rig.NowMs += 10_000;
        rig.Tick();
        while (rig.Waiting.Count > 0)
            rig.Perform(0); // it is asked again, and later again
        client.UpdateNode(PeerRig.Node("client"));
        rig.Report(Client);
        Assert.Contains(rig.Waiting, static waiting => waiting.Effect is PeerEffect.Push { State.Announcement.Kind: PeerKind.Node });
    }

    [Fact]
    public void A_node_record_whose_push_was_lost_is_in_the_next_one_too()
    {
        Linked();
        _rig.Sessions[Agent].UpdateNode(PeerRig.Node("agent"));
        _rig.Report(Agent);
        _rig.Perform(_rig.Waiting.FindIndex(static waiting => waiting.Effect is PeerEffect.Push), isLost: true);
        _rig.NowMs += 200;
        _rig.Tick();
        var push = Assert.Single(_rig.Waiting.Select(static waiting => waiting.Effect).OfType<PeerEffect.Push>());
        Assert.False(push.State.Announcement.IsNodeOmitted);
    }

    [Fact]
    public void What_somebody_without_a_tunnel_says_of_himself_is_not_kept()
    {
        Linked().Close(Agent);
        _rig.Settle();
        _rig.Tell(Agent, grain => grain.Receive(new PeerPush { From = Client, Announcement = Node(9, _rig.Gateway), IsComplete = true }, _rig.Now));
        Assert.Equal(default, Assert.Single(_rig.Grains[Agent].Describe().Neighbours).Version);
    }

    [Fact]
    public void A_word_from_a_silo_that_has_ended_that_comes_late_is_one_of_a_lost_peer()
    {
        Linked();
        _rig.ChangeView(new AgentView(2, new HashSet<(int, int)> { (1, 1) }));
        _rig.Settle();
        _rig.Tell(Client, grain => grain.Receive(new PeerPush { From = Agent, Announcement = Node(long.MaxValue, new GatewayRun(2, 1, 1)) }, _rig.Now));
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
        Assert.Equal(PeerVersion.LostSequence, Assert.Single(_rig.Grains[Client].Describe().Neighbours).Version.Sequence);
    }

    [Fact]
    public void A_tunnel_that_was_closed_is_not_opened_again_when_as_many_others_are_open()
    {
        var rig = new PeerRig { Options = new PeerOptions { MaxTunnels = 2 }, SessionOptions = new SessionOptions { MaxTunnels = 2 } };
        var first = rig.Connect(Client);
        first.Open(Agent);
        first.Open(PeerRig.Id(3));
        rig.Settle();
        first.Close(Agent);
        first.Open(PeerRig.Id(4));
        rig.Settle();
        rig.NowMs++;
        rig.Connect(Client).Open(Agent);
        Assert.Equal([Agent], rig.Report(Client)!.TooMany);
        Assert.Equal([PeerRig.Id(3), PeerRig.Id(4)], rig.Grains[Client].Outgoing.Order());
    }

    [Theory]
    [InlineData(false, false, ReportOutcome.Replaced)]
    [InlineData(true, false, ReportOutcome.Pending)]
    [InlineData(false, true, ReportOutcome.Pending)]
    public void The_last_word_of_a_replaced_connection_waits_for_the_store_only_when_it_has_something_to_store(bool hasTunnel, bool isGoodbye, ReportOutcome outcome)
    {
        _rig.IsStoreAway = true;
        var first = _rig.Connect(Client);
        if (hasTunnel)
            first.Open(Agent);
        _rig.Report(Client);
        _rig.NowMs++;
        _rig.Connect(Client);
        _rig.Report(Client);
        first.End(isGoodbye);
        SessionReportAnswer? answer = null;
        _rig.Tell(Client, grain => answer = grain.Report(first.TakeReport(_rig.NowMs)!, _rig.Now));
        Assert.Equal(outcome, answer!.Outcome);
    }

    private static Announcement Node(long epoch, GatewayRun gateway) =>
        new() { Version = new PeerVersion(epoch, 1), Gateway = gateway, Node = PeerRig.Node("late") };

    private PeerSession Linked()
    {
        _rig.Connect(Agent);
        var client = _rig.Connect(Client);
        client.Open(Agent);
        _rig.Settle();
        return client;
    }
}
