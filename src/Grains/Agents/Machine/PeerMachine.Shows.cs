namespace Actors.Grains.Agents;

/// <summary>What the peer's own session is shown of others.</summary>
public sealed partial class PeerMachine
{
    private readonly List<Neighbour> _toShow = [];
    private long _showNumber;
    private bool _isShowing;
    private readonly List<Neighbour> _shown = [];
    private int _showFailures;
    private long _showAtMs = Never;

    /// <summary>A show has ended; null when it is not known how.</summary>
    public void ShowEnded(PeerShow show, ShowOutcome? outcome, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(show);
        if (!_isShowing || show.Epoch != _own.Version.Epoch || show.Attachment != _attachment || show.Number != _showNumber)
            return;
        _isShowing = false;
        if (outcome is null)
        {
            foreach (var neighbour in _shown)
                ShowLater(neighbour);
            _showAtMs = now.MonotonicMs + BackoffMs(_showFailures++);
        }
        else
        {
            _showFailures = 0;
            if (outcome == ShowOutcome.NotHeld)
                Break(now);
        }

        _shown.Clear();
        Proceed(now);
    }

    private void ShowLater(Neighbour neighbour)
    {
        if (neighbour.IsShowDue || !IsAttached || (neighbour.IsDoubted && !neighbour.IsLinked))
            return;
        neighbour.IsShowDue = true;
        _toShow.Add(neighbour);
    }

    /// <summary>One show at a time, of those who are due.</summary>
    private void ShowDue(PeerNow now)
    {
        if (!IsAttached || _isShowing)
            return;
        if (_toShow.Count > 0 && _showAtMs != Never && now.MonotonicMs < _showAtMs)
            return;
        _showAtMs = Never;
        if (_toShow.Count == 0)
            return;
        var count = Math.Min(_toShow.Count, _options.MaxBatch);
        var slots = new PeerSlot[count];
        for (var index = 0; index < count; index++)
        {
            var neighbour = _toShow[index];
            neighbour.IsShowDue = false;
            _shown.Add(neighbour);
            slots[index] = SlotOf(neighbour);
        }

        _toShow.RemoveRange(0, count);
        _isShowing = true;
        _effects.Enqueue(new PeerEffect.Show(
            _own.Gateway, new PeerShow { Epoch = _own.Version.Epoch, Attachment = _attachment, Number = ++_showNumber, Slots = slots }));
    }

    private PeerSlot SlotOf(Neighbour neighbour)
    {
        var theirs = neighbour.Theirs;
        if (!neighbour.IsLinked)
            return new PeerSlot { Peer = neighbour.Peer, Sight = PeerSight.Unlinked, Version = theirs.Version };
        return new PeerSlot
        {
            Peer = neighbour.Peer,
            Version = theirs.Version,
            Sight = theirs.Kind switch
            {
                PeerKind.Node => PeerSight.Node,
                PeerKind.Lost => PeerSight.Lost,
                PeerKind.Gone => PeerSight.Gone,
                _ => PeerSight.Nothing,
            },
            Node = theirs.Node,
            Ready = IsReadyFor(neighbour.TheirReady) ? neighbour.TheirReady.Version : default,
        };
    }

    private bool IsReadyFor(ReadySignal ready) =>
        ready.ForEpoch == _own.Version.Epoch || (_own.Kind == PeerKind.Node && ready.ForEpoch >= _sameNodeSince);
}
