using Actors.AgentLoad.Checks;
using Actors.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.AgentLoad.Tests.Checks;

/// <summary>
/// A small hub on paper (one slot for each end of a tunnel, newest wins) against the checker: what it does right is never found fault
/// with, whatever happens in whatever order, and each thing that it does wrong is.
/// </summary>
public sealed class UpdateCheckerProperties
{
    private const int Agents = 4;
    private const int Clients = 3;
    private const int Peers = Agents + Clients;

    /// <summary>Everything that the hub on paper can do wrong at one step.</summary>
    public enum Fault
    {
        None,
        Drop,
        Duplicate,
        Reorder,
        TellStranger,
    }

    [Fact]
    public void A_hub_without_a_fault_passes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed => Play(seed, Fault.None) is ([], [])).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Fault.Drop, Breach.Lost)]
    [InlineData(Fault.Duplicate, Breach.Duplicated)]
    [InlineData(Fault.Reorder, Breach.Stale)]
    [InlineData(Fault.TellStranger, Breach.Forbidden)]
    public void Each_fault_is_found_and_nothing_else(Fault fault, Breach breach) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var (told, behind) = Play(seed, fault);
            return told.Concat(behind).ToList() is [var only] && only == breach;
        }).QuickCheckThrowOnFailure();

    private static (List<Breach> Told, List<Breach> Behind) Play(int seed, Fault fault)
    {
        var random = new Random(seed);
        var paper = new PaperHub(random);
        for (var step = 0; step < 200; step++)
            paper.Step();
        paper.ComeToRest();
        if (fault != Fault.None)
            paper.DoWrong(fault);
        return (paper.Breaches, [.. paper.Checker.Behind().Select(finding => finding.Breach)]);
    }

    private sealed class PaperHub
    {
        private readonly Random _random;
        private readonly (int Client, int Agent)[] _tunnels;
        private readonly bool[] _isOnline = new bool[Peers];
        private readonly long[] _sequences = new long[Peers];
        private readonly Dictionary<(int Receiver, int Subject), long> _slots = [];
        private readonly Dictionary<(int Receiver, int Subject), (long Sequence, bool IsLost)> _told = [];
        private readonly List<Finding> _lost = [];
        private long _now;

        public PaperHub(Random random)
        {
            _random = random;
            // Agent 0 and the last client never share a tunnel: they are each other's strangers.
            _tunnels = [.. from client in Enumerable.Range(Agents, Clients) from agent in Enumerable.Range(0, Agents)
                           where (client, agent) != (Peers - 1, 0) && (random.Next(2) == 0 || agent == 1) select (client, agent)];
            Checker = new UpdateChecker(Peers, _tunnels, lostAfter: 1_000_000);
        }

        public UpdateChecker Checker { get; }

        public List<Breach> Breaches { get; } = [];

        public void Step()
        {
            _now++;
            var peer = _random.Next(Peers);
            switch (_random.Next(6))
            {
                case 0 when _isOnline[peer]:
                    Break(peer);
                    break;
                case 0 or 1 when !_isOnline[peer]:
                    Join(peer);
                    break;
                case 1 or 2 when _isOnline[peer]:
                    Announce(peer);
                    break;
                default:
                    DeliverOne();
                    break;
            }
        }

        /// <summary>Everybody comes back, and everything is delivered.</summary>
        public void ComeToRest()
        {
            for (var peer = 0; peer < Peers; peer++)
            {
                if (!_isOnline[peer])
                    Join(peer);
            }

            while (_slots.Count > 0)
                DeliverOne();
            if (Checker.Unsettled != 0 || Checker.Online != Peers || _lost.Count > 0)
                throw new InvalidOperationException($"At rest {Checker.Unsettled} ends are behind, {Checker.Online} peers are online, and {_lost.Count} updates are lost.");
        }

        public void DoWrong(Fault fault)
        {
            var (client, agent) = _tunnels[_random.Next(_tunnels.Length)];
            var (receiver, subject) = _random.Next(2) == 0 ? (client, agent) : (agent, client);
            if (fault == Fault.TellStranger)
            {
                Tell(Peers - 1, 0, _sequences[0]);
                return;
            }

            Announce(subject);
            if (fault == Fault.Drop)
                _slots.Remove((receiver, subject));
            while (_slots.Count > 0)
                DeliverOne();
            if (fault == Fault.Duplicate)
                Tell(receiver, subject, _sequences[subject]);
            if (fault == Fault.Reorder)
                Tell(receiver, subject, _sequences[subject] - 1);
        }

        private void Join(int peer)
        {
            _isOnline[peer] = true;
            Checker.Joined(peer, _now);
            foreach (var other in NeighboursOf(peer))
            {
                _told.Remove((peer, other));
                if (_sequences[other] > 0)
                    _slots[(peer, other)] = _sequences[other];
            }

            Announce(peer);
        }

        private void Announce(int peer)
        {
            _sequences[peer] = Checker.Announce(peer, _now, _lost);
            foreach (var other in NeighboursOf(peer).Where(other => _isOnline[other]))
                _slots[(other, peer)] = _sequences[peer];
        }

        private void Break(int peer)
        {
            _isOnline[peer] = false;
            Checker.Broke(peer);
            foreach (var other in NeighboursOf(peer))
            {
                _slots.Remove((peer, other));
                if (_told.TryGetValue((other, peer), out var told) && !told.IsLost && _isOnline[other])
                {
                    _told[(other, peer)] = told with { IsLost = true };
                    Note(Checker.ToldOf(other, peer, PeerUpdateKind.Lost));
                }
            }
        }

        private void DeliverOne()
        {
            if (_slots.Count == 0)
                return;
            var ((receiver, subject), sequence) = _slots.ElementAt(_random.Next(_slots.Count));
            _slots.Remove((receiver, subject));
            if (_told.GetValueOrDefault((receiver, subject)) is { IsLost: false } told && told.Sequence == sequence)
                return; // equal to the last that was told
            _told[(receiver, subject)] = (sequence, false);
            Tell(receiver, subject, sequence);
        }

        private void Tell(int receiver, int subject, long sequence) => Note(Checker.ToldNode(receiver, subject, sequence).Breach);

        private void Note(Breach breach)
        {
            if (breach != Breach.None)
                Breaches.Add(breach);
        }

        private IEnumerable<int> NeighboursOf(int peer) => _tunnels
            .Where(tunnel => tunnel.Client == peer || tunnel.Agent == peer)
            .Select(tunnel => tunnel.Client == peer ? tunnel.Agent : tunnel.Client);
    }
}
