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
    private const long LostAfter = 30;

    /// <summary>Everything that the hub on paper can do wrong at one step.</summary>
    public enum Fault
    {
        None,
        Drop,
        Starve,
        Delay,
        Duplicate,
        Reorder,
        TellStranger,
    }

    [Fact]
    public void A_hub_without_a_fault_passes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed => Play(seed, Fault.None) is ([], [])).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Fault.Drop, Breach.Lost)]
    [InlineData(Fault.Starve, Breach.Lost)]
    [InlineData(Fault.Delay, Breach.Lost)]
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
        return (paper.Breaches, [.. paper.Lost.Select(finding => finding.Breach)]);
    }

    private sealed class PaperHub
    {
        private readonly Random _random;
        private readonly (int Client, int Agent)[] _tunnels;
        private readonly bool[] _isOnline = new bool[Peers];
        private readonly long[] _sequences = new long[Peers];
        private readonly Dictionary<(int Receiver, int Subject), (long Sequence, long Since)> _slots = [];
        private readonly Dictionary<(int Subject, long Sequence), long> _sentAt = [];
        private readonly Dictionary<(int Receiver, int Subject), (long Sequence, bool IsLost)> _told = [];
        private long _now;

        public PaperHub(Random random)
        {
            _random = random;
            // Agent 0 and the last client never share a tunnel: they are each other's strangers.
            _tunnels = [.. from client in Enumerable.Range(Agents, Clients) from agent in Enumerable.Range(0, Agents)
                           where (client, agent) != (Peers - 1, 0) && (random.Next(2) == 0 || agent == 1) select (client, agent)];
            Checker = new UpdateChecker(Peers, _tunnels, LostAfter);
        }

        public UpdateChecker Checker { get; }

        public List<Breach> Breaches { get; } = [];

        public List<Finding> Lost { get; } = [];

        public void Step()
        {
            Pass(1);
            foreach (var (ends, slot) in _slots.ToList())
            {
                if (_now - slot.Since >= LostAfter)
                    Deliver(ends.Receiver, ends.Subject);
            }

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
            if (Checker.Unsettled != 0 || Checker.Online != Peers || Lost.Count > 0)
                throw new InvalidOperationException($"At rest {Checker.Unsettled} ends are behind, {Checker.Online} peers are online, and {Lost.Count} updates are lost.");
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
            var held = _slots[(receiver, subject)];
            if (fault is Fault.Drop or Fault.Starve or Fault.Delay)
                _slots.Remove((receiver, subject));
            while (_slots.Count > 0)
                DeliverOne();
            for (var times = 0; fault == Fault.Starve && times < 4; times++)
            {
                Pass(LostAfter / 3);
                Announce(subject);
                _slots.Remove((receiver, subject));
                while (_slots.Count > 0)
                    DeliverOne();
            }

            if (fault == Fault.Drop)
                Pass(LostAfter + 1);
            if (fault is Fault.Delay)
                Tell(receiver, subject, held.Sequence, LostAfter + 1);
            if (fault is Fault.Starve)
                Tell(receiver, subject, _sequences[subject]);
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
                    _slots[(peer, other)] = (_sequences[other], _now);
            }

            Announce(peer);
        }

        private void Announce(int peer)
        {
            _sequences[peer] = Checker.Announce(peer, _now);
            _sentAt[(peer, _sequences[peer])] = _now;
            foreach (var other in NeighboursOf(peer).Where(other => _isOnline[other]))
                _slots[(other, peer)] = (_sequences[peer], _slots.TryGetValue((other, peer), out var waiting) ? waiting.Since : _now);
        }

        private void Break(int peer)
        {
            _isOnline[peer] = false;
            Checker.Broke(peer, _now);
            foreach (var other in NeighboursOf(peer))
            {
                _slots.Remove((peer, other));
                if (_told.TryGetValue((other, peer), out var told) && !told.IsLost && _isOnline[other])
                {
                    _told[(other, peer)] = told with { IsLost = true };
                    Note(Checker.ToldOf(other, peer, PeerUpdateKind.Lost, _now));
                }
            }
        }

        private void DeliverOne()
        {
            if (_slots.Count == 0)
                return;
            var (receiver, subject) = _slots.ElementAt(_random.Next(_slots.Count)).Key;
            Deliver(receiver, subject);
        }

        private void Deliver(int receiver, int subject)
        {
            _slots.Remove((receiver, subject), out var slot);
            var sequence = slot.Sequence;
            if (_told.GetValueOrDefault((receiver, subject)) is { IsLost: false } told && told.Sequence == sequence)
                return; // equal to the last that was told
            _told[(receiver, subject)] = (sequence, false);
            Tell(receiver, subject, sequence);
        }

        /// <summary>Time passes, and the checker looks as it does each second.</summary>
        private void Pass(long time)
        {
            _now += time;
            Checker.FindOverdue(_now, Lost);
        }

        private void Tell(int receiver, int subject, long sequence, long delay = 0)
        {
            var told = Checker.ToldNode(receiver, subject, sequence, _sentAt.GetValueOrDefault((subject, sequence)), _now + delay);
            Note(told.IsLate ? Breach.Lost : told.Breach);
        }

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
