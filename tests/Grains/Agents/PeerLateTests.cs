using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>What comes late counts by its version, and by nothing else.</summary>
public sealed class PeerLateTests
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Other = PeerRig.Id(3);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 500 } };

    [Fact]
    public void The_last_word_of_a_connection_that_was_replaced_has_its_tunnels_in_it()
    {
        var first = Linked();
        first.Open(Other);
        first.Close(Agent);
        _rig.NowMs++;
        var second = _rig.Connect(Client);
        _rig.Report(Client); // before the first has said what it did last
        EndLate(first, isGoodbye: false);
        Assert.Equal([Other], _rig.Grains[Client].Outgoing);
        Assert.Equal([Client], _rig.StoredTunnelsTo(Other));
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
        Assert.Equal(second.Epoch, _rig.Grains[Client].Own.Version.Epoch);
        Assert.True(_rig.Grains[Client].IsAttached);
    }

    [Fact]
    public void The_last_word_of_a_connection_that_was_replaced_changes_nothing_that_the_later_one_said()
    {
        var first = Linked();
        first.Open(Other);
        _rig.NowMs++;
        var second = _rig.Connect(Client);
        second.CloseAll();
        second.Open(Agent);
        _rig.Report(Client);
        EndLate(first, isGoodbye: true);
        Assert.Equal([Agent], _rig.Grains[Client].Outgoing);
        Assert.Equal(1, _rig.Grains[Client].NeighbourCount);
        Assert.DoesNotContain(Other, _rig.Grains.Keys);
    }

    [Fact]
    public void A_goodbye_of_a_connection_that_was_replaced_closes_what_it_left_open()
    {
        var first = Linked();
        first.Open(Other);
        _rig.Settle();
        _rig.NowMs++;
        _rig.Connect(Client).Open(Agent);
        _rig.Report(Client);
        EndLate(first, isGoodbye: true);
        Assert.Equal([Agent], _rig.Grains[Client].Outgoing);
        Assert.Empty(_rig.StoredTunnelsTo(Other));
    }

    [Fact]
    public void The_last_word_of_a_connection_that_is_lost_already_has_its_tunnels_in_it()
    {
        var session = Linked();
        session.Open(Other);
        _rig.ChangeView(new AgentView(2, new HashSet<(int, int)>()));
        Assert.Equal(PeerKind.Lost, _rig.Grains[Client].Own.Kind);
        _rig.Close(Client, isGoodbye: false);
        _rig.Settle(2_000);
        Assert.Equal([Agent, Other], _rig.Grains[Client].Outgoing.Order());
        Assert.Equal([Client], _rig.StoredTunnelsTo(Other));
    }

    [Fact]
    public void The_end_of_a_replaced_connection_is_told_until_its_tunnels_are_stored()
    {
        var first = Linked();
        first.Open(Other);
        _rig.NowMs++;
        _rig.Connect(Client);
        _rig.Report(Client);
        _rig.Settle();
        first.End(isGoodbye: false);
        var report = first.TakeReport(_rig.NowMs)!;
        SessionReportAnswer? answer = null;
        _rig.Tell(Client, grain => answer = grain.Report(report, _rig.Now));
        Assert.Equal(ReportOutcome.Pending, answer!.Outcome);
        _rig.Settle();
        _rig.Tell(Client, grain => answer = grain.Report(report, _rig.Now));
        Assert.Equal(ReportOutcome.Replaced, answer!.Outcome);
    }

    [Fact]
    public void A_read_that_comes_after_a_later_write_does_not_bring_back_what_was_stored_before()
    {
        var session = Linked();
        var old = _rig.RowsOf(Client);
        _rig.Forget(Client);
        _rig.Grain(Client, readsRows: false);
        session.Close(Agent);
        session.Reattach();
        _rig.Report(Client);
        _rig.Report(Client);
        _rig.Waiting.RemoveAll(static waiting => waiting.Effect is PeerEffect.Read);
        while (_rig.Waiting.Count > 0)
            _rig.Perform(0);
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
        _rig.Tell(Client, grain => grain.ReadEnded(old, _rig.Now));
        _rig.Settle(_rig.Options.ClosedTunnelMs + (2 * _rig.Options.MaxRetryMs));
        Assert.Equal(0, _rig.Grains[Client].NeighbourCount);
    }

    [Fact]
    public void What_changes_while_a_push_is_under_way_goes_out_as_soon_as_it_has_ended()
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("1"));
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        _rig.NowMs += 60_001;
        _rig.Tick(); // neighbours compare
        _rig.Sessions[Agent].UpdateNode(PeerRig.Node("2"));
        _rig.Report(Agent);
        var compares = _rig.Waiting.FindIndex(static waiting => waiting.Of == Agent && waiting.Effect is PeerEffect.Push);
        _rig.Perform(compares); // nothing is acknowledged that was not before
        Assert.Contains(_rig.Waiting, static waiting => waiting.Of == Agent && waiting.Effect is PeerEffect.Push { State.Announcement: { IsNodeOmitted: false, Kind: PeerKind.Node } });
    }

    [Fact]
    public void A_renewal_that_is_asked_for_while_a_report_is_under_way_is_not_put_off_by_its_answer()
    {
        var session = _rig.Connect(Client);
        var report = session.TakeReport(_rig.NowMs)!;
        session.RenewSoon(_rig.NowMs, 500); // the silos change: what answers may be the activation that is going
        session.ReportEnded(report, new SessionReportAnswer(), _rig.NowMs);
        Assert.InRange(session.NextReportMs, _rig.NowMs, _rig.NowMs + 500);
        _rig.NowMs += 500;
        session.ReportEnded(session.TakeReport(_rig.NowMs)!, new SessionReportAnswer(), _rig.NowMs);
        Assert.InRange(session.NextReportMs, _rig.NowMs + 30_000, _rig.NowMs + 60_000);
    }

    [Fact]
    public void A_new_activation_that_somebody_wakes_has_its_session_back_within_two_seconds()
    {
        Linked();
        _rig.Forget(Client);
        _rig.Grain(Client);
        _rig.Settle(2_000);
        Assert.True(_rig.Grains[Client].IsAttached);
    }

    private PeerSession Linked()
    {
        _rig.Connect(Agent);
        var client = _rig.Connect(Client);
        client.Open(Agent);
        _rig.Settle();
        return client;
    }

    private void EndLate(PeerSession session, bool isGoodbye)
    {
        session.End(isGoodbye);
        _rig.Ending.Add(session);
        _rig.Settle(2_000);
        Assert.Empty(_rig.Ending);
    }
}
