using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>What is left of a peer that went without a goodbye, for those who had a tunnel with it.</summary>
public sealed class PeerLossTests
{
    private const long HourMs = 60 * 60 * 1_000;
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 500 } };

    [Fact]
    public void Nobody_compares_with_a_lost_peer_more_often_than_it_has_been_away()
    {
        _rig.Connect(Agent);
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
        _rig.Close(Client, isGoodbye: false);
        _rig.Settle(10_000);
        _rig.Grains.Remove(Client); // let go, when nobody asks for it
        var pushes = _rig.Pushes;
        _rig.Settle(24 * HourMs);
        Assert.InRange(_rig.Pushes - pushes, 5, 40);

        pushes = _rig.Pushes;
        _rig.Connect(Client).Open(Agent);
        _rig.Settle(10 * 60_000);
        Assert.InRange(_rig.Pushes - pushes, 20, 60);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_node_record_of_a_lost_peer_is_forgotten(bool goesWithItsSilo)
    {
        var record = LoseClient(goesWithItsSilo);
        GC.Collect();
        Assert.False(record.IsAlive);
        GC.KeepAlive(_rig);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference LoseClient(bool goesWithItsSilo)
    {
        _rig.Connect(Agent);
        var client = _rig.Connect(Client, new GatewayRun(2, 1, 1));
        client.Open(Agent);
        client.UpdateNode(PeerRig.Node("client"));
        _rig.Settle();
        Assert.True(_rig.Sessions[Agent].TryTake(out var update));
        Assert.True(MemoryMarshal.TryGetArray(update.Node, out var bytes));
        if (goesWithItsSilo)
        {
            _rig.Sessions.Remove(Client);
            _rig.Forget(Client);
            _rig.ChangeView(new AgentView(2, new HashSet<(int, int)> { (1, 1) }));
        }
        else
        {
            _rig.Close(Client, isGoodbye: false);
        }

        _rig.Settle(1_000);
        Assert.Equal([(PeerUpdateKind.Lost, Client, "")], _rig.Told(Agent));
        return new WeakReference(bytes.Array);
    }
}
