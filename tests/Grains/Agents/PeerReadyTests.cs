using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>A ready signal says that its sender has the receiver's node record, so it counts as long as that is the record.</summary>
public sealed class PeerReadyTests
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 500 } };

    [Fact]
    public void Who_is_back_at_once_with_the_same_record_is_told_again_who_is_ready()
    {
        Ready();
        Reconnect("client");
        Assert.Equal([PeerUpdateKind.Node, PeerUpdateKind.ReadyForHandshake], _rig.Told(Client).Select(static told => told.Kind));
        Assert.Empty(_rig.Told(Agent));
        Reconnect("client");
        Assert.Equal([PeerUpdateKind.Node, PeerUpdateKind.ReadyForHandshake], _rig.Told(Client).Select(static told => told.Kind));
    }

    [Fact]
    public void Who_is_back_with_another_record_is_told_when_the_other_has_that()
    {
        Ready();
        Reconnect("moved");
        Assert.Equal([PeerUpdateKind.Node], _rig.Told(Client).Select(static told => told.Kind));
        Assert.Equal([(PeerUpdateKind.Node, Client, "moved")], _rig.Told(Agent));
        _rig.Sessions[Agent].Ready(Client);
        _rig.Settle();
        Assert.Equal([PeerUpdateKind.ReadyForHandshake], _rig.Told(Client).Select(static told => told.Kind));
    }

    [Fact]
    public void Who_was_lost_meanwhile_is_told_when_the_other_is_ready_anew()
    {
        Ready();
        _rig.Close(Client, isGoodbye: false);
        _rig.Settle(1_000);
        Assert.Equal([(PeerUpdateKind.Lost, Client, "")], _rig.Told(Agent));
        Reconnect("client");
        Assert.Equal([PeerUpdateKind.Node], _rig.Told(Client).Select(static told => told.Kind));
        Assert.Equal([PeerUpdateKind.Node], _rig.Told(Agent).Select(static told => told.Kind));
    }

    [Fact]
    public void Who_was_away_in_two_connections_and_had_another_record_in_between_is_not_told()
    {
        Ready();
        Reconnect("moved");
        Reconnect("client");
        Assert.Equal([PeerUpdateKind.Node], _rig.Told(Client).Select(static told => told.Kind));
    }

    private void Ready()
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node("agent"));
        var client = _rig.Connect(Client);
        client.Open(Agent);
        client.UpdateNode(PeerRig.Node("client"));
        _rig.Settle();
        _rig.Told(Agent);
        _rig.Sessions[Agent].Ready(Client);
        _rig.Settle();
        Assert.Equal([PeerUpdateKind.Node, PeerUpdateKind.ReadyForHandshake], _rig.Told(Client).Select(static told => told.Kind));
    }

    private void Reconnect(string node)
    {
        _rig.NowMs += 10;
        var client = _rig.Connect(Client);
        _rig.Settle();
        client.UpdateNode(PeerRig.Node(node));
        _rig.Settle();
    }

    [Fact]
    public void Signals_for_many_go_a_few_at_a_time_and_do_not_hold_up_a_node_record()
    {
        var agent = _rig.Connect(Agent);
        for (var number = 10; number < 30; number++)
            _rig.Connect(PeerRig.Id(number)).Open(Agent);
        agent.UpdateNode(PeerRig.Node("1"));
        _rig.Settle();
        for (var number = 10; number < 30; number++)
            agent.Ready(PeerRig.Id(number));
        _rig.Report(Agent);
        Assert.Equal(_rig.Options.MaxSignals, Pushes().Count());
        agent.UpdateNode(PeerRig.Node("2"));
        _rig.Report(Agent);
        Assert.Equal(20, Pushes().Count());
        Assert.Equal(15, Pushes().Count(static push => push.State.Announcement.Node.Length > 0));
        while (_rig.Waiting.Count > 0)
        {
            _rig.Perform(0);
            Assert.InRange(Pushes().Count(static push => push.State.Announcement.IsNodeOmitted), 0, _rig.Options.MaxSignals);
        }

        for (var number = 10; number < 30; number++)
            Assert.Equal([PeerUpdateKind.Node, PeerUpdateKind.ReadyForHandshake], _rig.Told(PeerRig.Id(number)).Select(static told => told.Kind));

        for (var number = 10; number < 30; number++)
            agent.Ready(PeerRig.Id(number));
        _rig.Report(Agent);
        for (var performed = 0; Pushes().Any(); performed++)
        {
            Assert.InRange(performed, 0, 20);
            Assert.Equal(Math.Min(_rig.Options.MaxSignals, 20 - performed), Pushes().Count());
            _rig.Perform(_rig.Waiting.FindIndex(static waiting => waiting.Effect is PeerEffect.Push), isLost: false);
        }
    }

    private IEnumerable<PeerEffect.Push> Pushes() => _rig.Waiting.Where(static waiting => waiting.Of == Agent).Select(static waiting => waiting.Effect).OfType<PeerEffect.Push>();
}
