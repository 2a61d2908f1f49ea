using System.Text;
using Actors.Agents;
using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

/// <summary>Node records are kept in memory that is used again; nobody who was told one sees it change.</summary>
public sealed class NodeRoomTests
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private readonly PeerRig _rig = new();

    [Fact]
    public void It_has_the_record_that_was_set_last() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 700))), static lengths =>
        {
            var room = default(NodeRoom);
            foreach (var length in lengths)
            {
                var node = new byte[length];
                new Random(length).NextBytes(node);
                var before = room.Copy();
                byte[] wasBefore = [.. before.Span];
                room.Set(node);
                Assert.Equal((length, true), (room.Length, room.Span.SequenceEqual(node)));
                Assert.Equal(wasBefore, before.ToArray());
            }
        }));

    [Fact]
    public void Records_of_about_the_same_length_cost_no_garbage()
    {
        byte[][] nodes = [new byte[300], new byte[310], new byte[299]];
        var room = default(NodeRoom);
        room.Set(nodes[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 99; round++)
            room.Set(nodes[round % nodes.Length]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_message_that_is_under_way_keeps_its_record_when_the_next_one_is_announced()
    {
        Link("node 1");
        _rig.Settle();
        Assert.Equal([(PeerUpdateKind.Node, Agent, "node 1")], _rig.Told(Client));
        Announce("node 2");
        var (_, effect) = Assert.Single(_rig.Waiting);
        var push = Assert.IsType<PeerEffect.Push>(effect);
        Announce("node 3");
        Assert.Equal("node 2", Text(push.State.Announcement.Node));

        _rig.Perform(0);
        var show = Assert.Single(_rig.Waiting.Select(static waiting => waiting.Effect).OfType<PeerEffect.Show>());
        _rig.Perform(_rig.Waiting.FindIndex(static waiting => waiting.Effect is PeerEffect.Push));
        Assert.Equal("node 2", Text(Assert.Single(show.Shown.Slots).Node));
        _rig.Perform(_rig.Waiting.FindIndex(static waiting => waiting.Effect is PeerEffect.Show));
        Assert.True(_rig.Sessions[Client].TryTake(out var update));
        _rig.Settle();
        Assert.Equal("node 2", Text(update.Node));
        Assert.Equal([(PeerUpdateKind.Node, Agent, "node 3")], _rig.Told(Client));
    }

    [Fact]
    public void A_record_that_came_and_went_before_it_was_told_is_not_told_and_nor_is_the_one_before_again()
    {
        Link("node 1");
        _rig.Settle();
        _rig.Told(Client);
        Announce("node 2");
        _rig.Settle();
        Announce("node 1");
        _rig.Settle();
        Assert.Empty(_rig.Told(Client));
    }

    private static string Text(ReadOnlyMemory<byte> node) => Encoding.UTF8.GetString(node.Span);

    private void Link(string node)
    {
        _rig.Connect(Agent).UpdateNode(PeerRig.Node(node));
        _rig.Settle();
        _rig.Connect(Client).Open(Agent);
        _rig.Settle();
    }

    private void Announce(string node)
    {
        _rig.Sessions[Agent].UpdateNode(PeerRig.Node(node));
        _rig.Report(Agent);
    }
}
