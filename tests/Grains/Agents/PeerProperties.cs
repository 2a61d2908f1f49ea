using Actors.Agents;
using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

/// <summary>
/// Two peers and a tunnel, in any interleaving of what they do, what is delivered, lost, answered or late, and activations that end.
/// FsCheck prints the seed and the smallest sequence of steps that breaks a rule.
/// </summary>
public sealed class PeerProperties
{
    private static readonly Guid Agent = PeerRig.Id(1);
    private static readonly Guid Client = PeerRig.Id(2);

    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 50_000 : 1_000;

    [Fact]
    public void Any_interleaving_of_two_peers_and_a_tunnel_ends_in_the_same_truth()
    {
        var heard = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Cases).WithStartSize(60).WithEndSize(250),
            Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24)), Shorter), steps =>
            {
                var world = new World();
                foreach (var step in steps)
                    world.Do(step);
                world.Settle();
                world.AssertTruth();
                heard += world.Heard;
            }));
        Assert.True(heard > Cases / 2, $"only {heard} updates were heard in {Cases} cases: the steps do not reach far");
    }

    /// <summary>Leaves out halves, quarters, … and single steps.</summary>
    private static IEnumerable<int[]> Shorter(int[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= steps.Length; start += length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
        }
    }

    private sealed class World
    {
        /// <summary>So long after the last trouble everybody has heard that a tunnel is closed, and the store has it.</summary>
        private const long PauseMs = 3_000;

        private readonly PeerRig _rig = new() { Options = new PeerOptions { LostGraceMs = 300, CompareEveryMs = 5_000, MaxCompareMs = 10_000, AttachWithinMs = 2_000, ForgetAfterMs = 20_000 } };
        private readonly Dictionary<Guid, (PeerUpdateKind Kind, string Node)> _told = [];
        private readonly Dictionary<Guid, int> _revisions = new() { [Agent] = 0, [Client] = 0 };
        private readonly Dictionary<Guid, PeerSession> _announcedOn = [];
        private readonly Dictionary<Guid, string> _node = [];
        private bool _isWanted;
        private bool _wasEverWanted;

        /// <summary>Whether the hub may not know yet that the tunnel is closed.</summary>
        private bool _isOpenSomewhere;

        public int Heard { get; private set; }

        public void Do(int step)
        {
            var id = step / 32 % 2 == 0 ? Agent : Client;
            var argument = step / 64;
            switch (step % 32)
            {
                case < 2:
                    Connect(id);
                    break;
                case < 5:
                    if (!_rig.Sessions.ContainsKey(id))
                        Connect(id);
                    Announce(id);
                    break;
                case 5:
                    if (_rig.Sessions.ContainsKey(id))
                        _rig.Close(id, isGoodbye: false);
                    break;
                case 6 when argument % 3 == 0:
                    if (_rig.Sessions.ContainsKey(id))
                    {
                        _isWanted &= id != Client;
                        _rig.Close(id, isGoodbye: true);
                    }

                    break;
                case < 10:
                    Want(argument % 3 != 0);
                    break;
                case < 15:
                    _rig.Report(id);
                    break;
                case 15:
                    _rig.Forget(id);
                    break;
                case 16:
                    if (_rig.Sessions.TryGetValue(id, out var moved))
                        moved.Reattach();
                    break;
                case 17:
                    _rig.NowMs += argument % 700;
                    _rig.Tick();
                    break;
                case 18 when argument % 4 == 0:
                    Settle(PauseMs);
                    break;
                case 18:
                    _rig.Grain(id);
                    break;
                default:
                    for (var count = argument % 4; count >= 0 && _rig.Waiting.Count > 0; count--)
                        _rig.Perform(argument % _rig.Waiting.Count, isLost: argument / 64 % 8 == 0, isAnswerLost: argument / 512 % 8 == 0);
                    break;
            }

            Listen();
        }

        public void Settle() => Settle(120_000);

        /// <summary>What was said to activations that ended is said again within a renewal; what was lost, within a comparison.</summary>
        private void Settle(long forMs)
        {
            _rig.Grain(Agent);
            _rig.Grain(Client);
            _rig.Settle(forMs);
            Listen();
            if (_rig.Sessions.ContainsKey(Client))
                _isOpenSomewhere = _isWanted;
        }

        public void AssertTruth()
        {
            foreach (var (id, other) in new[] { (Agent, Client), (Client, Agent) })
            {
                if (!_rig.Sessions.ContainsKey(id))
                    continue;
                var isThere = _rig.Sessions.TryGetValue(other, out var session) && _announcedOn.GetValueOrDefault(other) == session;
                var told = _told.TryGetValue(id, out var last) ? last.Kind : (PeerUpdateKind?)null;
                if (!_rig.Sessions.ContainsKey(Client))
                    Assert.NotEqual(PeerUpdateKind.Node, told);
                else if (_isWanted && isThere)
                    Assert.Equal((PeerUpdateKind.Node, _node[other]), (told, last.Node));
                else if (!_isWanted)
                    Assert.True(told is null or PeerUpdateKind.Disconnected, $"heard {told} of a peer without a tunnel");
                else if (!_rig.Sessions.ContainsKey(other))
                    Assert.NotEqual(PeerUpdateKind.Node, told);
            }

            if (_rig.Sessions.ContainsKey(Client))
                Assert.Equal(_isWanted ? [Client] : Array.Empty<Guid>(), _rig.StoredTunnelsTo(Agent));
            if (_rig.Sessions.ContainsKey(Agent))
                Assert.Equal(_rig.StoredTunnelsTo(Agent), _rig.Grains[Agent].Incoming);
        }

        private void Connect(Guid id)
        {
            var session = _rig.Connect(id);
            _told.Remove(id);
            if (id != Client)
                return;
            session.CloseAll();
            if (_isWanted)
                session.Open(Agent);
        }

        private void Announce(Guid id)
        {
            if (!_rig.Sessions.TryGetValue(id, out var session))
                return;
            _node[id] = $"{id}/{++_revisions[id]}";
            _announcedOn[id] = session;
            session.UpdateNode(PeerRig.Node(_node[id]));
        }

        private void Want(bool isWanted)
        {
            if (!_rig.Sessions.TryGetValue(Client, out var session))
                return;
            _isWanted = isWanted;
            _wasEverWanted |= isWanted;
            _isOpenSomewhere |= isWanted;
            _ = isWanted ? session.Open(Agent) : session.Close(Agent);
        }

        /// <summary>What the sockets are told, and that none of it is what they may not be told.</summary>
        private void Listen()
        {
            foreach (var id in _rig.Sessions.Keys)
            {
                foreach (var (kind, peer, node) in _rig.Told(id))
                {
                    Heard++;
                    Assert.True(_wasEverWanted, $"heard {kind} of a peer without a tunnel");
                    var before = _told.TryGetValue(id, out var last) ? last.Kind : (PeerUpdateKind?)null;
                    if (kind is PeerUpdateKind.Node or PeerUpdateKind.ReadyForHandshake)
                        Assert.True(_isOpenSomewhere, $"heard {kind} of a peer whose tunnel everybody knows to be closed");
                    switch (kind)
                    {
                        case PeerUpdateKind.Node:
                            Assert.StartsWith($"{peer}/", node, StringComparison.Ordinal);
                            break;
                        case PeerUpdateKind.Lost:
                            Assert.Equal(PeerUpdateKind.Node, before);
                            break;
                        case PeerUpdateKind.Disconnected:
                            Assert.True(before is PeerUpdateKind.Node or PeerUpdateKind.Lost, $"heard {kind} after {before}");
                            break;
                    }

                    _told[id] = (kind, node);
                }
            }
        }
    }
}
