using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>Whatever a peer sends, and however many point at it, what is kept for it has a bound.</summary>
public sealed class PeerLimitTests
{
    private const int MaxTunnels = 4;
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new()
    {
        Options = new PeerOptions { MaxTunnels = MaxTunnels, MaxIncoming = 3 },
        SessionOptions = new SessionOptions { MaxTunnels = MaxTunnels },
    };

    [Fact]
    public void Closing_tunnels_that_never_were_keeps_nothing_and_wakes_nobody()
    {
        var client = _rig.Connect(Client);
        _rig.Settle();
        for (var round = 0; round < 10; round++)
        {
            for (var number = 0; number < 2 * MaxTunnels; number++)
                Assert.Equal(TunnelRefusal.None, client.Close(PeerRig.Id(1_000 + (round * 100) + number)));
            _rig.Settle(1_000);
        }

        Assert.Equal(0, _rig.Grains[Client].NeighbourCount);
        Assert.Equal([Client], _rig.Grains.Keys);
    }

    [Fact]
    public void A_closed_tunnel_that_the_rows_may_have_is_remembered_until_they_are_read()
    {
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        _rig.Forget(Client);
        _rig.Grain(Client, readsRows: false);
        _rig.Sessions[Client].Close(Agent);
        _rig.Sessions[Client].Reattach();
        _rig.Settle(1_000);
        Assert.Empty(_rig.StoredTunnelsTo(Agent));
        Assert.Empty(_rig.Grains[Agent].Incoming);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Setting_other_tunnels_again_and_again_while_the_store_is_away_keeps_to_the_bound(bool reportsEach)
    {
        _rig.IsStoreAway = true;
        var client = _rig.Connect(Client);
        for (var round = 0; round < 20; round++)
        {
            client.CloseAll();
            for (var number = 0; number < MaxTunnels; number++)
                client.Open(PeerRig.Id(1_000 + (round * 100) + number));
            if (reportsEach)
                _rig.Report(Client);
        }

        _rig.Report(Client);
        Assert.InRange(_rig.Grains[Client].NeighbourCount, MaxTunnels, 2 * MaxTunnels);
        _rig.IsStoreAway = false;
        _rig.Settle(12_000);
        client.CloseAll();
        for (var number = 0; number < MaxTunnels; number++)
            Assert.Equal(TunnelRefusal.None, client.Open(PeerRig.Id(number + 10)));
        _rig.Settle();
        Assert.Equal(MaxTunnels, client.OpenTunnels);
        Assert.Equal(Enumerable.Range(10, MaxTunnels).Select(PeerRig.Id), _rig.Grains[Client].Outgoing.Order());
    }

    [Fact]
    public void Closed_tunnels_that_are_stored_make_room_within_a_second()
    {
        var client = _rig.Connect(Client);
        for (var round = 0; round < 2; round++)
        {
            for (var number = 0; number < MaxTunnels; number++)
                client.Open(PeerRig.Id(10 + (round * 10) + number));
            for (var number = 0; number < MaxTunnels; number++)
                client.Close(PeerRig.Id(10 + (round * 10) + number));
        }

        _rig.Settle();
        Assert.Equal(TunnelRefusal.TooMany, client.Open(Agent));
        _rig.Settle(1_000);
        Assert.Equal(TunnelRefusal.None, client.Open(Agent));
    }

    [Fact]
    public void A_peer_has_no_more_tunnels_open_than_it_may_however_many_connections_opened_them()
    {
        OpenFour(10);
        _rig.Close(Client, isGoodbye: false);
        _rig.Settle(100);
        var second = OpenFour(20);
        Assert.Equal(Enumerable.Range(10, MaxTunnels).Select(PeerRig.Id), _rig.Grains[Client].Outgoing.Order());
        Assert.DoesNotContain(PeerRig.Id(20), _rig.Grains.Keys);
        Assert.Equal(0, second.OpenTunnels);

        second.Close(PeerRig.Id(10));
        second.Open(PeerRig.Id(20)); // what is closed in the same report makes room
        second.Open(PeerRig.Id(21));
        var answer = _rig.Report(Client)!;
        Assert.Equal([PeerRig.Id(21)], answer.TooMany);
        Assert.Equal(1, second.OpenTunnels);
        _rig.Settle();
        Assert.Equal([Client], _rig.StoredTunnelsTo(PeerRig.Id(20)));

        second.CloseAll();
        second.Open(PeerRig.Id(21));
        Assert.Empty(_rig.Report(Client)!.TooMany);
        Assert.Equal([PeerRig.Id(21)], _rig.Grains[Client].Outgoing);
    }

    [Fact]
    public void What_is_refused_is_forgotten_by_its_session_unless_it_was_said_anew()
    {
        OpenFour(10);
        _rig.NowMs++;
        var session = _rig.Connect(Client);
        _rig.Settle();
        session.Open(Agent);
        var report = session.TakeReport(_rig.NowMs)!;
        session.Close(Agent);
        session.Open(Agent);
        session.ReportEnded(report, new SessionReportAnswer { TooMany = [Agent] }, _rig.NowMs);
        Assert.Equal(1, session.OpenTunnels);
        report = session.TakeReport(_rig.NowMs)!;
        Assert.Equal(Agent, Assert.Single(report.Tunnels).Peer);
        session.ReportEnded(report, new SessionReportAnswer { TooMany = [Agent] }, _rig.NowMs);
        Assert.Equal(0, session.OpenTunnels);
        session.Reattach();
        Assert.Empty(session.TakeReport(_rig.NowMs)!.Tunnels);
    }

    [Fact]
    public void Tunnels_that_are_opened_and_closed_all_the_time_take_no_more_and_more()
    {
        var client = _rig.Connect(Client);
        var refused = 0;
        for (var number = 0; number < 200; number++)
        {
            client.Open(PeerRig.Id(1_000 + number));
            refused += _rig.Report(Client)!.TooMany.Length;
            _rig.Settle();
            client.Close(PeerRig.Id(1_000 + number));
            _rig.Settle(1_000);
        }

        Assert.InRange(_rig.Grains[Client].NeighbourCount, 5, 5 * MaxTunnels);
        Assert.Equal(200 - (5 * MaxTunnels), refused);
        _rig.Settle(_rig.Options.ClosedTunnelMs + (2 * _rig.Options.MaxRetryMs));
        client.Open(Agent);
        Assert.Empty(_rig.Report(Client)!.TooMany);
    }

    [Fact]
    public void Closing_what_the_rows_may_have_keeps_to_the_bound_while_the_store_is_away()
    {
        var grain = _rig.Grain(Client, readsRows: false);
        _rig.Connect(Client);
        var answer = _rig.Report(Client)!;
        var sequence = 1;
        for (var round = 0; round < 10; round++)
        {
            SessionTunnel[] tunnels = [.. Enumerable.Range(0, 2 * MaxTunnels).Select(number => new SessionTunnel(PeerRig.Id(1_000 + (round * 100) + number), sequence++, IsOpen: false))];
            _rig.Tell(Client, machine => answer = machine.Report(new SessionReport { Epoch = machine.Own.Version.Epoch, Attachment = 1, Tunnels = tunnels }, _rig.Now));
        }

        Assert.Equal(5 * MaxTunnels, grain.NeighbourCount);
        Assert.Equal(2 * MaxTunnels, answer.TooMany.Length);
    }

    [Fact]
    public void Tunnels_to_a_peer_beyond_its_limit_are_taken_when_there_is_room()
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        _rig.Settle();
        for (var number = 10; number < 15; number++)
            _rig.Connect(PeerRig.Id(number)).Open(Agent);
        while (_rig.Waiting.Count > 0 || Enumerable.Range(10, 5).Any(number => _rig.Report(PeerRig.Id(number)) is not null))
        {
            if (_rig.Waiting.Count > 0)
                _rig.Perform(0);
        }

        Assert.Equal(3, _rig.Grains[Agent].NeighbourCount);
        Assert.Equal(2, _rig.Refusals.Count);
        _rig.Settle(30_000);
        Assert.Equal(3, _rig.Grains[Agent].NeighbourCount);
        Assert.Empty(_rig.Told(PeerRig.Id(14)));
        Assert.Equal(5, _rig.StoredTunnelsTo(Agent).Count());

        _rig.Forget(Agent);
        _rig.Grain(Agent); // the rows have more than it takes
        Assert.Equal(3, _rig.Grains[Agent].NeighbourCount);
        _rig.Settle(61_000);

        _rig.Close(PeerRig.Id(10), isGoodbye: true);
        _rig.Close(PeerRig.Id(11), isGoodbye: true);
        _rig.Close(PeerRig.Id(12), isGoodbye: true);
        _rig.Settle(61_000);
        Assert.Equal([PeerRig.Id(13), PeerRig.Id(14)], _rig.Grains[Agent].Incoming.Order());
        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(PeerRig.Id(14)));
    }

    [Fact]
    public void A_tunnel_takes_the_place_of_one_whose_owner_is_not_connected_until_it_is_back()
    {
        AgentWith(10, 11, 12);
        foreach (var number in (int[])[10, 11, 12])
        {
            _rig.Close(PeerRig.Id(number), isGoodbye: false);
            _rig.Settle(2_000);
        }

        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        Assert.Equal([Client, PeerRig.Id(11), PeerRig.Id(12)], _rig.Grains[Agent].Incoming.Order());
        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(Client));
        Assert.Empty(_rig.Refusals);

        _rig.Connect(PeerRig.Id(10)).UpdateNode(PeerRig.Node("back"));
        _rig.Settle();
        Assert.Equal([Client, PeerRig.Id(10), PeerRig.Id(12)], _rig.Grains[Agent].Incoming.Order());
        Assert.Equal([(PeerUpdateKind.Node, Agent, "agent")], _rig.Told(PeerRig.Id(10)));
    }

    [Fact]
    public void Tunnels_that_others_open_and_close_all_the_time_keep_nobody_out()
    {
        AgentWith();
        for (var number = 100; number < 160; number++)
        {
            _rig.Connect(PeerRig.Id(number)).Open(Agent);
            _rig.Settle();
            Assert.Equal([PeerRig.Id(number)], _rig.Grains[Agent].Incoming);
            _rig.Close(PeerRig.Id(number), isGoodbye: true);
            _rig.Settle(1_000);
        }

        Assert.Equal((2 * 3) + (5 * MaxTunnels), _rig.Grains[Agent].NeighbourCount);
        Assert.Empty(_rig.Refusals);
    }

    [Fact]
    public void A_tunnel_that_is_opened_again_is_refused_like_a_new_one()
    {
        AgentWith(10);
        _rig.Sessions[PeerRig.Id(10)].Close(Agent);
        _rig.Settle();
        foreach (var number in (int[])[11, 12, 13])
            _rig.Connect(PeerRig.Id(number)).Open(Agent);
        _rig.Settle();
        _rig.Sessions[PeerRig.Id(10)].Open(Agent);
        _rig.Settle(1_000);
        Assert.Equal([PeerRig.Id(11), PeerRig.Id(12), PeerRig.Id(13)], _rig.Grains[Agent].Incoming.Order());
        Assert.Contains((PeerRig.Id(10), Agent), _rig.Refusals);

        _rig.Close(PeerRig.Id(11), isGoodbye: true);
        _rig.Settle(61_000);
        Assert.Equal([PeerRig.Id(10), PeerRig.Id(12), PeerRig.Id(13)], _rig.Grains[Agent].Incoming.Order());
    }

    private void AgentWith(params int[] clients)
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        foreach (var number in clients)
            _rig.Connect(PeerRig.Id(number)).Open(Agent);
        _rig.Settle();
    }

    private PeerSession OpenFour(int from)
    {
        var session = _rig.Connect(Client);
        for (var number = from; number < from + MaxTunnels; number++)
            Assert.Equal(TunnelRefusal.None, session.Open(PeerRig.Id(number)));
        _rig.Settle();
        return session;
    }
}
