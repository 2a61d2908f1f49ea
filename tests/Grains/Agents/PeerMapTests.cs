using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

public sealed class PeerMapTests
{
    [Fact]
    public void It_is_what_a_dictionary_is() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500).WithStartSize(20).WithEndSize(200),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 16))), steps =>
        {
            var map = new PeerMap<Item>();
            var model = new Dictionary<Guid, Item>();
            foreach (var step in steps)
            {
                var item = new Item(PeerRig.Id(step % 24));
                switch (step / 24 % 8)
                {
                    case < 5 when !model.ContainsKey(item.Peer):
                        map.Add(item);
                        model.Add(item.Peer, item);
                        break;
                    case < 7:
                        map.Remove(item.Peer);
                        model.Remove(item.Peer);
                        break;
                    default:
                        map.RemoveWhere(each => each.Peer.CompareTo(item.Peer) < 0);
                        foreach (var gone in model.Keys.Where(key => key.CompareTo(item.Peer) < 0).ToArray())
                            model.Remove(gone);
                        break;
                }

                Assert.Equal(model.Count, map.Count);
                Assert.Equal(model.Values.OrderBy(static each => each.Peer), map.Values.OrderBy(static each => each.Peer));
                Assert.Same(model.GetValueOrDefault(item.Peer), map.Find(item.Peer));
            }
        }));

    private sealed class Item(Guid peer) : IPeerItem
    {
        public Guid Peer => peer;
    }
}
