using Actors.Agents;

namespace Actors.AgentLoad.Checks;

/// <summary>
/// Knows which updates were sent and who has to be told, and judges what is told. Updates that were passed over for newer ones are no
/// loss; an update that had <c>lostAfter</c> of time, with both ends connected, and did not arrive is one. A pure machine: it is told
/// the time, and one thread uses it.
/// </summary>
public sealed class UpdateChecker
{
    private readonly CheckedPeer[] _peers;
    private readonly TunnelEnd[] _ends;
    private readonly Dictionary<long, int> _endOf;
    private readonly long _lostAfter;
    private CheckCounts _counts;

    /// <summary>Nobody is connected yet.</summary>
    /// <param name="peers">How many peers there are; they are named by their index.</param>
    /// <param name="tunnels">Both ends of each tunnel are told of each other; each pair once.</param>
    /// <param name="lostAfter">How long a delivery may take, in the unit of all times here.</param>
    public UpdateChecker(int peers, IReadOnlyList<(int Source, int Destination)> tunnels, long lostAfter)
    {
        ArgumentNullException.ThrowIfNull(tunnels);
        _lostAfter = lostAfter;
        _peers = new CheckedPeer[peers];
        _ends = new TunnelEnd[2 * tunnels.Count];
        _endOf = new Dictionary<long, int>(_ends.Length);
        for (var number = 0; number < tunnels.Count; number++)
        {
            var (source, destination) = tunnels[number];
            AddEnd(2 * number, source, destination, isOpener: true);
            AddEnd((2 * number) + 1, destination, source, isOpener: false);
        }

        var told = _ends.Select((end, index) => (end, index)).ToLookup(pair => pair.end.Subject, pair => pair.index);
        var telling = _ends.Select((end, index) => (end, index)).ToLookup(pair => pair.end.Receiver, pair => pair.index);
        for (var peer = 0; peer < peers; peer++)
            (_peers[peer].ToldEnds, _peers[peer].TellingEnds) = ([.. told[peer]], [.. telling[peer]]);
    }

    /// <summary>What became of all updates.</summary>
    public CheckCounts Counts => _counts;

    /// <summary>Ends of tunnels whose receiver does not know the newest record of its subject.</summary>
    public int Unsettled { get; private set; }

    /// <summary>Peers that are connected.</summary>
    public int Online { get; private set; }

    /// <summary>Whether everybody who has to know the newest record of this peer knows it.</summary>
    public bool IsSettled(int peer) => _peers[peer].Unsettled == 0;

    /// <summary>Peers that are to be told of this one.</summary>
    public int DegreeOf(int peer) => _peers[peer].ToldEnds.Length;

    /// <summary>Peers of which this one had to be told on its present connection by now: it was, or there was time enough.</summary>
    public int DueTo(int peer, long now)
    {
        var count = 0;
        foreach (var index in _peers[peer].TellingEnds)
        {
            ref readonly var end = ref _ends[index];
            if (_peers[end.Subject].Sequence > 0 && (end.IsSettled || IsOverdue(end, end.BehindSince, now)))
                count++;
        }

        return count;
    }

    /// <summary>A peer is about to send its next update.</summary>
    /// <returns>The update's number, from 1 on without gaps.</returns>
    public long Announce(int peer, long now)
    {
        ref var subject = ref _peers[peer];
        foreach (var index in subject.ToldEnds)
            Unsettle(ref _ends[index], now);
        subject.Sequence++;
        _counts = _counts with { Sent = _counts.Sent + subject.ToldEnds.Length };
        return subject.Sequence;
    }

    /// <summary>An agent says that it is ready for the handshake of a client that it was told of.</summary>
    public void SayReady(int agent, int client)
    {
        if (!TryFind(client, agent, out var index))
            return;
        _ends[index].IsReady = true;
        _counts = _counts with { ReadiesSaid = _counts.ReadiesSaid + 1 };
    }

    /// <summary>A receiver was told a node record.</summary>
    /// <param name="receiver">The one that was told.</param>
    /// <param name="subject">The peer that the update names.</param>
    /// <param name="sequence">The number in the record.</param>
    /// <param name="sentAt">When that was sent.</param>
    /// <param name="now">When it was told.</param>
    public Told ToldNode(int receiver, int subject, long sequence, long sentAt, long now)
    {
        if (!TryFind(receiver, subject, out var index))
            return new Told(Breach.Forbidden, 0, false, false);
        ref var end = ref _ends[index];
        ref readonly var peer = ref _peers[subject];
        var before = end.Seen;
        if (sequence < 1 || sequence > peer.Sequence)
            return new Told(Breach.Invented, peer.Sequence, false, false);
        if (end.IsTold && sequence == before)
            return new Told(Breach.Duplicated, before, false, false);
        if (sequence < before)
            return new Told(Breach.Stale, before, false, false);
        var isTimed = end.WasTold && sequence > before;
        // It is late by its own age, or because all before it that this receiver had to be told were passed over for too long.
        var dueSince = sequence > before ? Math.Min(sentAt, end.BehindSince) : end.BehindSince;
        var isLate = !end.IsSettled && !end.IsAccused && IsOverdue(end, dueSince, now);
        (end.Seen, end.WasTold, end.IsTold, end.BehindSince, end.IsAccused) = (sequence, true, true, now, false);
        if (sequence == peer.Sequence)
            Settle(ref end);
        if (sequence == before)
        {
            _counts = _counts with { Repeated = _counts.Repeated + 1 };
            return new Told(Breach.None, before, false, false, isLate);
        }

        var passedOver = before == 0 ? 0 : sequence - before - 1;
        _counts = _counts with { Delivered = _counts.Delivered + 1, Coalesced = _counts.Coalesced + passedOver };
        return new Told(Breach.None, before, true, isTimed, isLate);
    }

    /// <summary>A receiver was told something else than a node record.</summary>
    public Breach ToldOf(int receiver, int subject, PeerUpdateKind kind, long now)
    {
        if (!TryFind(receiver, subject, out var index))
            return Breach.Forbidden;
        ref var end = ref _ends[index];
        if (!end.WasTold)
            return Breach.Untold;
        switch (kind)
        {
            case PeerUpdateKind.ReadyForHandshake when !end.IsOpener:
                return Breach.NotOpener;
            case PeerUpdateKind.ReadyForHandshake when !end.IsReady:
                return Breach.Invented;
            case PeerUpdateKind.ReadyForHandshake:
                _counts = _counts with { Readies = _counts.Readies + 1 };
                return Breach.None;
            case PeerUpdateKind.Disconnected:
                return Breach.FalselyGone;
            case PeerUpdateKind.Lost when _peers[subject].IsOnline && end.Seen >= _peers[subject].FirstSequence:
                return Breach.FalselyLost;
            case PeerUpdateKind.Lost when !end.IsTold:
                return Breach.Duplicated;
            default:
                end.IsTold = false;
                Unsettle(ref end, now);
                _counts = _counts with { Losses = _counts.Losses + 1 };
                return Breach.None;
        }
    }

    /// <summary>A peer has its welcome: from now on it has to be told.</summary>
    public void Joined(int peer, long now)
    {
        ref var joined = ref _peers[peer];
        if (!joined.IsOnline)
            Online++;
        (joined.IsOnline, joined.OnlineSince, joined.FirstSequence) = (true, now, joined.Sequence + 1);
    }

    /// <summary>A peer's connection is over; on its next one it has to be told everything anew.</summary>
    public void Broke(int peer, long now)
    {
        ref var broken = ref _peers[peer];
        if (broken.IsOnline)
            Online--;
        broken.IsOnline = false;
        foreach (var index in broken.TellingEnds)
            Forget(ref _ends[index], now);
    }

    /// <summary>A peer came back under another id: others know nothing of that one yet, and nobody is ready for it.</summary>
    public void Renamed(int peer, long now)
    {
        foreach (var index in _peers[peer].ToldEnds)
            Forget(ref _ends[index], now);
        foreach (var index in _peers[peer].TellingEnds)
            _ends[index].IsReady = false;
    }

    /// <summary>Everybody that does not know what it should although there was time enough; each is told once, until it hears something new.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lost">Gets them.</param>
    public void FindOverdue(long now, ICollection<Finding> lost)
    {
        ArgumentNullException.ThrowIfNull(lost);
        if (Unsettled == 0)
            return;
        for (var index = 0; index < _ends.Length; index++)
        {
            ref var end = ref _ends[index];
            if (end.IsSettled || end.IsAccused || !IsOverdue(end, end.BehindSince, now))
                continue;
            end.IsAccused = true;
            lost.Add(new Finding(Breach.Lost, end.Receiver, end.Subject, _peers[end.Subject].Sequence, end.Seen));
        }
    }

    private void AddEnd(int index, int receiver, int subject, bool isOpener)
    {
        _ends[index] = new TunnelEnd { Receiver = receiver, Subject = subject, IsOpener = isOpener, IsSettled = true };
        if (!_endOf.TryAdd(Key(receiver, subject), index))
            throw new ArgumentException($"Peers {receiver} and {subject} have more than one tunnel.", nameof(index));
    }

    private bool TryFind(int receiver, int subject, out int index) => _endOf.TryGetValue(Key(receiver, subject), out index);

    private static long Key(int receiver, int subject) => ((long)receiver << 32) | (uint)subject;

    /// <summary>Whether there was time enough since then, with both ends connected.</summary>
    private bool IsOverdue(in TunnelEnd end, long since, long now)
    {
        ref readonly var receiver = ref _peers[end.Receiver];
        ref readonly var subject = ref _peers[end.Subject];
        return receiver.IsOnline && subject.IsOnline && now - Math.Max(since, Math.Max(receiver.OnlineSince, subject.OnlineSince)) > _lostAfter;
    }

    private void Forget(ref TunnelEnd end, long now)
    {
        (end.WasTold, end.IsTold, end.IsAccused) = (false, false, false);
        if (_peers[end.Subject].Sequence > 0)
            Unsettle(ref end, now);
    }

    private void Settle(ref TunnelEnd end)
    {
        if (end.IsSettled)
            return;
        end.IsSettled = true;
        _peers[end.Subject].Unsettled--;
        Unsettled--;
    }

    private void Unsettle(ref TunnelEnd end, long now)
    {
        if (!end.IsSettled)
            return;
        (end.IsSettled, end.BehindSince, end.IsAccused) = (false, now, false);
        _peers[end.Subject].Unsettled++;
        Unsettled++;
    }
}
