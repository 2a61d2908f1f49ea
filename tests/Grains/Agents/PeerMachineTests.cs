using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

public sealed class PeerMachineTests
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 500 } };

    [Fact]
    public void Both_ends_of_a_tunnel_learn_of_each_other_whoever_comes_first()
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        _rig.Settle();
        var client = _rig.Connect(Client);
        client.Open(Agent);
        client.UpdateNode(PeerRig.Node("client"));
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(Client));
        Assert.Equal([(PeerUpdateKind.Node, Client, "client")], _rig.Told(Agent));
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
        Assert.Equal([Client], _rig.StoredTunnelsTo(Agent));
    }

    [Fact]
    public void Connecting_alone_tells_nobody_anything()
    {
        Linked();
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
        Assert.Empty(_rig.Told(Agent));
    }

    [Fact]
    public void An_update_that_nobody_looks_for_costs_nothing()
    {
        var agent = _rig.Connect(Agent);
        _rig.Settle();
        agent.UpdateNode(PeerRig.Node("1"));
        _rig.Report(Agent);
        Assert.Empty(_rig.Waiting);

        // A client that went without a goodbye keeps its tunnel; it is not told, and not even called.
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        _rig.Close(Client, isGoodbye: false);
        _rig.Settle(1_000);
        agent.UpdateNode(PeerRig.Node("2"));
        _rig.Report(Agent);
        Assert.DoesNotContain(_rig.Waiting, waiting => waiting.Effect is PeerEffect.Push);
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);

        // When it is back it asks.
        _rig.Connect(Client);
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "2")], _rig.Told(Client));
    }

    [Fact]
    public void A_broken_connection_is_lost_after_the_grace_and_only_for_those_who_were_told()
    {
        Announced();
        _rig.Close(Agent, isGoodbye: false);
        _rig.Settle(499);
        Assert.Empty(_rig.Told(Client));
        _rig.Settle(1);
        Assert.Equal([(PeerUpdateKind.Lost, Agent, "")], _rig.Told(Client));

        _rig.Connect(Client);
        _rig.Settle(10);
        Assert.Empty(_rig.Told(Client));
    }

    [Fact]
    public void Who_is_back_within_the_grace_is_not_lost()
    {
        Announced();
        _rig.Close(Agent, isGoodbye: false);
        _rig.Settle(400);
        var agent = _rig.Connect(Agent);
        _rig.Settle(2_000);
        Assert.Empty(_rig.Told(Client));
        agent.UpdateNode(PeerRig.Node("moved"));
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "moved")], _rig.Told(Client));
    }

    [Fact]
    public void A_newer_connection_takes_the_place_of_the_older_and_nobody_is_told_of_a_loss()
    {
        var old = Announced();
        _rig.Connect(Agent);
        Assert.DoesNotContain(_rig.Waiting, waiting => waiting.Effect is PeerEffect.Drop);
        _rig.Report(Agent);
        Assert.Contains(_rig.Waiting, waiting => waiting.Effect is PeerEffect.Drop { Code: AgentCloseCode.Replaced } drop && drop.Epoch == old.Epoch);
        old.UpdateNode(PeerRig.Node("old"));
        var late = old.TakeReport(_rig.NowMs)!;
        _rig.Tell(Agent, grain => Assert.Equal(ReportOutcome.Replaced, grain.Report(late, _rig.Now).Outcome));
        _rig.Tell(Agent, grain => grain.Report(new SessionReport { Epoch = old.Epoch, IsWhole = true, End = SessionEnd.Goodbye }, _rig.Now));
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
        Assert.True(_rig.Grains[Agent].Own.IsLive);
    }

    [Fact]
    public void A_connection_that_was_accepted_before_the_present_one_does_not_take_its_place()
    {
        Announced();
        _rig.NowMs += 500;
        _rig.Tell(Agent, grain =>
        {
            Assert.Equal(0, grain.Connect(waitedMs: 501, _rig.Now));
            Assert.True(grain.Connect(waitedMs: 499, _rig.Now) > grain.Own.Version.Epoch);
        });
    }

    [Fact]
    public void An_epoch_goes_to_the_connection_that_was_accepted_last_whoever_asks_last() => _rig.Tell(_rig.Grain(Agent).Id, grain =>
    {
        Assert.True(grain.Connect(waitedMs: 10, _rig.Now) > 0);
        Assert.Equal(0, grain.Connect(waitedMs: 11, _rig.Now));
        Assert.True(grain.Connect(waitedMs: 9, _rig.Now) > 0);
    });

    [Fact]
    public void An_activation_that_forgot_a_connection_gives_one_that_was_accepted_earlier_a_lower_epoch()
    {
        var present = _rig.Connect(Client);
        _rig.Forget(Client);
        _rig.NowMs += 50;
        Assert.InRange(_rig.Grain(Client, readsRows: false).Connect(waitedMs: 60, _rig.Now), 1, present.Epoch - 1);
    }

    [Theory]
    [InlineData(0)] // the clock is not beyond the epoch that is known
    [InlineData(5)]
    public void An_activation_that_forgot_a_connection_does_not_give_its_epoch_to_another(long passedMs)
    {
        Linked();
        _rig.NowMs += passedMs;
        var forgotten = _rig.Connect(Client);
        forgotten.Close(Agent);
        _rig.Close(Client, isGoodbye: false);
        _rig.Perform(_rig.Waiting.FindIndex(waiting => waiting.Effect is PeerEffect.Push)); // the agent has it, the store does not
        Assert.Empty(_rig.Grains[Agent].Incoming);
        _rig.Forget(Client);

        var present = _rig.Connect(Client); // in the same millisecond
        present.Open(Agent);
        _rig.Settle(120_000);
        Assert.Equal(_rig.StoredTunnelsTo(Agent), _rig.Grains[Agent].Incoming);
        Assert.NotEqual(forgotten.Epoch, present.Epoch);
    }

    [Fact]
    public void A_connection_below_an_epoch_that_only_a_closed_tunnel_tells_of_is_made_anew()
    {
        Linked();
        _rig.UtcAheadMs += 1_000;
        var forgotten = _rig.Connect(Client);
        forgotten.Close(Agent);
        _rig.Report(Client);
        _rig.Perform(_rig.Waiting.FindIndex(waiting => waiting.Effect is PeerEffect.Push)); // the agent has it, the store does not
        Assert.Empty(_rig.Grains[Agent].Incoming);
        _rig.Forget(Client);
        _rig.UtcAheadMs -= 1_000; // the next activation's silo has a clock that is behind

        var below = _rig.Connect(Client);
        Assert.True(below.Epoch < forgotten.Epoch);
        below.Open(Agent);
        _rig.Settle();
        Assert.DoesNotContain(Client, _rig.Sessions.Keys);
        var anew = _rig.Connect(Client);
        Assert.True(anew.Epoch > forgotten.Epoch);
        anew.Open(Agent);
        _rig.Settle(1_000);
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
        Assert.Equal([Client], _rig.StoredTunnelsTo(Agent));
    }

    [Fact]
    public void A_closed_tunnel_that_its_owner_has_forgotten_and_has_open_is_open_again()
    {
        Linked();
        _rig.NowMs += 1;
        _rig.Connect(Client).Close(Agent);
        _rig.Report(Client);
        _rig.Perform(_rig.Waiting.FindIndex(waiting => waiting.Effect is PeerEffect.Push)); // the agent has it, the store does not
        Assert.Empty(_rig.Grains[Agent].Incoming);
        _rig.Forget(Client);
        _rig.Sessions.Remove(Client); // with its silo, and the peer does not come back
        _rig.Grain(Client);
        _rig.Settle(1_000);
        Assert.Empty(_rig.Grains[Agent].Incoming);
        _rig.Settle(_rig.Options.AttachWithinMs + _rig.Options.ForgetAfterMs + (2 * _rig.Options.MaxRetryMs));
        Assert.Equal([Client], _rig.StoredTunnelsTo(Agent));
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
    }

    [Fact]
    public void A_connection_below_an_epoch_that_only_the_others_session_was_shown_is_made_anew()
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        _rig.Settle();
        _rig.UtcAheadMs += 1_000;
        var forgotten = _rig.Connect(Client);
        forgotten.Open(Agent);
        forgotten.UpdateNode(PeerRig.Node("forgotten"));
        _rig.Report(Client);
        while (_rig.Waiting.FindIndex(waiting => waiting.Effect is not PeerEffect.Write) is >= 0 and var index)
            _rig.Perform(index);
        _rig.Forget(Client);
        _rig.Forget(Agent); // all but the agent's session have forgotten it
        _rig.UtcAheadMs -= 1_000;

        _rig.Connect(Client).Open(Agent);
        _rig.Sessions[Agent].Reattach();
        _rig.Settle();
        Assert.DoesNotContain(Client, _rig.Sessions.Keys);
        Assert.DoesNotContain(_rig.Told(Agent), told => told.Kind == PeerUpdateKind.Lost);
        _rig.Settle(_rig.Options.ForgetAfterMs + _rig.Options.MaxRetryMs);
        Assert.Equal([(PeerUpdateKind.Lost, Client, "")], _rig.Told(Agent));
        Assert.True(_rig.Connect(Client).Epoch > forgotten.Epoch);
        _rig.Sessions[Client].UpdateNode(PeerRig.Node("client"));
        _rig.Sessions[Client].Open(Agent);
        _rig.Settle(1_000);
        Assert.Equal((PeerUpdateKind.Node, Client, "client"), _rig.Told(Agent)[^1]);
    }

    [Fact]
    public void A_whole_report_that_was_made_for_another_activation_is_asked_for_anew()
    {
        Linked();
        var session = _rig.Sessions[Client];
        session.Reattach();
        var late = session.TakeReport(_rig.NowMs)!;
        session.ReportEnded(late, answer: null, _rig.NowMs); // it is under way for long
        _rig.Settle(1_000);
        _rig.Forget(Client);
        _rig.Grain(Client);

        SessionReportAnswer? answer = null;
        _rig.Tell(Client, grain => answer = grain.Report(late, _rig.Now));
        Assert.Equal(ReportOutcome.NeedsWhole, answer!.Outcome);
        Assert.False(_rig.Grains[Client].IsAttached);
        _rig.Settle(60_001);
        Assert.True(_rig.Grains[Client].IsAttached);
    }

    [Fact]
    public void A_connection_that_has_not_said_which_tunnels_it_has_is_no_evidence_against_those_of_an_earlier_one()
    {
        _rig.Connect(Agent);
        _rig.Settle();
        _rig.Connect(Client).Open(Agent);
        _rig.Report(Client);
        while (_rig.Waiting.FindIndex(waiting => waiting.Effect is not PeerEffect.Write) is >= 0 and var index)
            _rig.Perform(index);
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
        _rig.Forget(Client); // before the store has it
        _rig.Sessions.Remove(Client);
        _rig.NowMs += 1;

        var back = _rig.Connect(Client);
        _rig.Settle(60_001);
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
        back.CloseAll();
        _rig.Settle(60_001);
        Assert.Empty(_rig.Grains[Agent].Incoming);
    }

    [Fact]
    public void The_end_of_a_connection_is_told_to_the_grain_until_its_grace_is_over()
    {
        Announced();
        _rig.Close(Client, isGoodbye: false);
        Assert.Single(_rig.Ending);
        _rig.Forget(Client);
        _rig.Settle(_rig.Options.LostGraceMs + _rig.Options.MaxRetryMs);
        Assert.Contains(_rig.Told(Agent), told => told.Kind == PeerUpdateKind.Lost);
        Assert.Empty(_rig.Ending);
    }

    [Fact]
    public void A_goodbye_is_told_to_the_grain_until_it_is_stored()
    {
        Announced();
        _rig.Close(Client, isGoodbye: true);
        _rig.Forget(Client);
        Assert.Equal([Client], _rig.StoredTunnelsTo(Agent));
        Assert.Single(_rig.Ending);
        _rig.Settle(1_000);
        Assert.Empty(_rig.Ending);
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
        Assert.Equal([(PeerUpdateKind.Disconnected, Client, "")], _rig.Told(Agent));
    }

    [Fact]
    public void A_goodbye_closes_the_tunnels_and_is_told_at_once()
    {
        Announced();
        _rig.Close(Client, isGoodbye: true);
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Disconnected, Client, "")], _rig.Told(Agent));
        Assert.Empty(_rig.Grains[Agent].Incoming);
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
    }

    [Fact]
    public void Tunnels_outlive_a_loss_and_go_when_their_time_is_over()
    {
        var rig = new PeerRig { Options = new PeerOptions { LostGraceMs = 0, TunnelTimeToLiveMs = 60_000 } };
        rig.Connect(Client).Open(Agent);
        rig.Connect(Agent);
        rig.Settle();
        rig.Close(Client, isGoodbye: false);
        rig.Settle(59_000);
        Assert.Equal([Client], rig.Grains[Agent].Incoming);
        Assert.Equal(PeerVersion.LostSequence, rig.RowOf(Client)!.Version.Sequence);
        rig.Settle(2_000);
        Assert.Empty(rig.Grains[Agent].Incoming);
        Assert.Empty(rig.StoredTunnelsTo(Agent));
    }

    [Fact]
    public void A_tunnel_that_is_closed_is_told_unless_one_in_the_other_direction_is_open()
    {
        var agent = Announced();
        agent.Open(Client);
        _rig.Settle();
        _rig.Sessions[Client].Close(Agent);
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
        agent.Close(Client);
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Disconnected, Agent, "")], _rig.Told(Client));
        Assert.Equal([(PeerUpdateKind.Disconnected, Client, "")], _rig.Told(Agent));
    }

    [Fact]
    public void A_grain_that_dies_while_the_socket_lives_is_no_loss()
    {
        Announced();
        _rig.Forget(Agent);
        _rig.Grain(Agent);
        _rig.Settle(70_000);
        Assert.Empty(_rig.Told(Client));
        Assert.Empty(_rig.Told(Agent));
        _rig.Sessions[Agent].UpdateNode(PeerRig.Node("newer"));
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "newer")], _rig.Told(Client));
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
    }

    [Fact]
    public void When_the_silo_that_held_a_socket_left_the_view_everyone_knows_by_himself()
    {
        _rig.Connect(Agent, new GatewayRun(2, 1, 1)).UpdateNode(PeerRig.Node("agent"));
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        Assert.Single(_rig.Told(Client));
        _rig.Forget(Agent);
        _rig.Sessions.Remove(Agent);
        _rig.Tell(Client, grain => grain.ViewChanged(new AgentView(2, new HashSet<(int, int)> { (1, 1) }), _rig.Now));
        Assert.Single(_rig.Waiting);
        _rig.Perform(0);
        Assert.Equal([(PeerUpdateKind.Lost, Agent, "")], _rig.Told(Client));
    }

    [Fact]
    public void A_view_from_before_a_silo_came_is_no_evidence_against_it()
    {
        var young = new GatewayRun(3, 1, SinceView: 5);
        Assert.False(new AgentView(4, new HashSet<(int, int)>()).HasLost(young));
        Assert.True(new AgentView(5, new HashSet<(int, int)>()).HasLost(young));
        Assert.False(new AgentView(9, new HashSet<(int, int)> { (3, 1) }).HasLost(young));
        Assert.True(new AgentView(9, new HashSet<(int, int)> { (3, 2) }).HasLost(young));
    }

    [Fact]
    public void Without_a_store_new_connections_work_and_their_rows_follow()
    {
        _rig.Grain(Agent, readsRows: false);
        _rig.Grain(Client, readsRows: false);
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        var client = _rig.Connect(Client);
        client.Open(Agent);
        for (var round = 0; round < 200; round++)
        {
            _rig.Report(Agent);
            _rig.Report(Client);
            while (_rig.Waiting.Count > 0)
                _rig.Perform(0, isLost: _rig.Waiting[0].Effect is PeerEffect.Write);
            _rig.NowMs += 50;
            _rig.Tick();
        }

        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(Client));
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
        _rig.Settle(20_000);
        Assert.Equal([Client], _rig.StoredTunnelsTo(Agent));
        _rig.ReadRows(Client);
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
    }

    [Fact]
    public void Nobody_is_told_that_a_tunnel_is_closed_by_a_grain_that_could_not_read_its_rows()
    {
        Announced();
        _rig.Forget(Client);
        _rig.Grain(Client, readsRows: false);
        _rig.Sessions[Client].Reattach();
        _rig.Settle(5_000);
        Assert.Empty(_rig.Told(Client));
        Assert.Empty(_rig.Told(Agent));
    }

    [Fact]
    public void Ready_signals_go_to_who_opened_the_tunnel_and_only_on_that_connection()
    {
        Announced();
        Assert.True(_rig.Sessions[Agent].Ready(Client));
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.ReadyForHandshake, Agent, "")], _rig.Told(Client));
        _rig.Sessions[Agent].Ready(Client);
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.ReadyForHandshake, Agent, "")], _rig.Told(Client));

        _rig.Connect(Client);
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(Client));

        _rig.Sessions[Agent].Ready(PeerRig.Id(9));
        Assert.Equal([PeerRig.Id(9)], _rig.Report(Agent)!.NotShared);
    }

    [Fact]
    public void A_push_without_a_tunnel_has_no_announcement()
    {
        Announced();
        _rig.Sessions[Client].Close(Agent);
        _rig.Report(Client);
        var push = Assert.Single(_rig.Waiting.Select(waiting => waiting.Effect).OfType<PeerEffect.Push>());
        Assert.Equal((PeerKind.Absent, false), (push.State.Announcement.Kind, push.State.Tunnel.IsOpen));
    }

    [Fact]
    public void A_tunnel_is_pushed_again_after_its_row_is_committed()
    {
        _rig.Connect(Agent);
        _rig.Settle();
        _rig.Connect(Client).Open(Agent);
        _rig.Report(Client);
        _rig.Perform(_rig.Waiting.FindIndex(waiting => waiting.Effect is PeerEffect.Push)); // taken by the first activation
        _rig.Forget(Agent);
        _rig.Grain(Agent); // reads its rows before the commit
        Assert.Empty(_rig.Grains[Agent].Incoming);
        while (_rig.Waiting.Count > 0)
            _rig.Perform(0);
        Assert.Equal([Client], _rig.Grains[Agent].Incoming);
    }

    [Fact]
    public void When_nothing_happens_neighbours_compare_without_node_records_and_idle_peers_are_forgotten()
    {
        Announced();
        _rig.Settle(60_001);
        _rig.NowMs += 60_001;
        _rig.Tick();
        var pushes = _rig.Waiting.Select(waiting => waiting.Effect).OfType<PeerEffect.Push>().ToArray();
        Assert.Equal(2, pushes.Length);
        Assert.All(pushes, push => Assert.True(push.State.Announcement is { Kind: PeerKind.Node, IsNodeOmitted: true }));
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));

        _rig.Close(Client, isGoodbye: true);
        _rig.Settle(_rig.Options.ClosedTunnelMs + _rig.Options.MaxRetryMs);
        Assert.Equal(0, _rig.Grains[Agent].NeighbourCount);
        Assert.Equal(0, _rig.Grains[Client].NeighbourCount);
    }

    /// <summary>A client with a tunnel to an agent, both connected.</summary>
    private PeerSession Linked()
    {
        var agent = _rig.Connect(Agent);
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        return agent;
    }

    /// <summary>… and both announced, which they have heard.</summary>
    private PeerSession Announced()
    {
        var agent = Linked();
        agent.UpdateNode(PeerRig.Node("agent"));
        _rig.Sessions[Client].UpdateNode(PeerRig.Node("client"));
        _rig.Settle();
        Assert.Single(_rig.Told(Client));
        Assert.Single(_rig.Told(Agent));
        return agent;
    }
}
