using System.Diagnostics.CodeAnalysis;

namespace Actors.Grains.Agents;

/// <summary>What is said to other peers, and when.</summary>
public sealed partial class PeerMachine
{
    /// <summary>A push has ended; <paramref name="answer"/> is null when it is not known whether it arrived.</summary>
    public void PushEnded(PeerEffect.Push push, PeerPush? answer, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(push);
        var neighbour = _neighbours.Find(push.To)!; // nobody is forgotten while a push is under way
        _pushing--;
        _signalling -= neighbour.IsSignalling ? 1 : 0;
        (neighbour.IsPushing, neighbour.IsSignalling, neighbour.IsStuck) = (false, false, false);
        if (answer is null)
        {
            neighbour.MustPush = true;
            neighbour.SentAnnouncement = default;
            neighbour.RetryAtMs = now.MonotonicMs + BackoffMs(neighbour.Failures++);
            WakeAt(neighbour.RetryAtMs);
        }
        else
        {
            var acked = (neighbour.AckedAnnouncement, neighbour.AckedOut, neighbour.AckedReady);
            // It answered after it had the push: what it does not know now is not there, unless it spoke up meanwhile.
            if (answer.IsComplete && (neighbour.In.IsOpen || answer.Tunnel.IsOpen)
                && neighbour.In.Version == push.State.KnownTunnel && answer.Tunnel.Version < neighbour.In.Version)
            {
                TrySetIn(neighbour, answer.Tunnel, IsLive(answer.Announcement), now);
            }

            Merge(neighbour, answer, now);
            if (neighbour.IsDoubted && (neighbour.IsLinked || (answer.IsComplete && IsComplete(now))))
            {
                neighbour.IsDoubted = false;
                ShowLater(neighbour);
            }

            // Who answers without having learned anything is asked again later, not at once; unless it was not told all that there is.
            neighbour.IsStuck = NeedsPush(neighbour) && HasAll(push.State, neighbour)
                && acked == (neighbour.AckedAnnouncement, neighbour.AckedOut, neighbour.AckedReady);
            neighbour.RetryAtMs = neighbour.IsStuck ? now.MonotonicMs + BackoffMs(neighbour.Failures++) : now.MonotonicMs;
            if (!neighbour.IsStuck)
                neighbour.Failures = 0;

            CompareLater(neighbour, now);
        }

        Enqueue(neighbour);
        Proceed(now);
    }

    private PeerPush StateFor(Neighbour neighbour, PeerNow now)
    {
        var version = neighbour.IsLinked ? _own.Version : default;
        var isNodeOmitted = version.Kind == PeerKind.Node && (neighbour.AckedAnnouncement >= version || neighbour.SentAnnouncement == version);
        if (!isNodeOmitted)
            neighbour.SentAnnouncement = version;
        return new PeerPush
        {
            From = Id,
            Announcement = neighbour.IsLinked ? _own.ToMessage(isNodeOmitted) : Announcement.Absent,
            Tunnel = neighbour.Out,
            Ready = neighbour.OwnReady,
            KnownAnnouncement = neighbour.Theirs.Version,
            KnownTunnel = neighbour.In.Version,
            KnownReady = neighbour.TheirReady.Version,
            KnownEpoch = neighbour.KnownEpoch,
            IsComplete = IsComplete(now),
        };
    }

    private bool NeedsPush(Neighbour neighbour)
    {
        if (neighbour.MustPush || neighbour.IsDoubted || neighbour.Out.Version > neighbour.AckedOut)
            return true;
        // It knows a later word than this peer does, which has forgotten it: it has to ask whether that still counts.
        if (neighbour.Out.IsOpen && neighbour.Out.Version < neighbour.AckedOut)
            return true;
        if (!neighbour.IsLinked)
            return false;
        return (_own.Version > neighbour.AckedAnnouncement && (_own.Kind == PeerKind.Connected || neighbour.IsListening))
            || neighbour.OwnReady.Version > neighbour.AckedReady;
    }

    /// <summary>Whether a push had in it all that there is now to say to a neighbour.</summary>
    private bool HasAll(PeerPush push, Neighbour neighbour) =>
        push.Tunnel.Version == neighbour.Out.Version && push.Ready.Version == neighbour.OwnReady.Version
        && push.Announcement.Version == (neighbour.IsLinked ? _own.Version : default);

    /// <summary>Whether all that a neighbour does not have is a ready signal.</summary>
    private bool IsSignal(Neighbour neighbour) =>
        neighbour.OwnReady.Version > neighbour.AckedReady && !neighbour.MustPush && !neighbour.IsDoubted
        && neighbour.Out.Version <= neighbour.AckedOut && _own.Version <= neighbour.AckedAnnouncement;

    /// <summary>There is something new to say to a neighbour. Who answers, and is to be asked again later, is told of it at once.</summary>
    private void EnqueueNews(Neighbour neighbour)
    {
        if (neighbour.IsStuck)
            (neighbour.IsStuck, neighbour.RetryAtMs) = (false, long.MinValue);
        Enqueue(neighbour);
    }

    private void Enqueue(Neighbour neighbour)
    {
        if (neighbour.IsQueued)
            return;
        neighbour.IsQueued = true;
        _toPush.Enqueue(neighbour);
    }

    private void QueueAll(bool mustPush = false)
    {
        foreach (var neighbour in _neighbours.Values)
        {
            neighbour.MustPush |= mustPush && neighbour.IsLinked;
            EnqueueNews(neighbour);
        }
    }

    private void PushQueued(PeerNow now)
    {
        while (_pushing < _options.MaxPushes && TryDequeue(out var neighbour))
        {
            if (neighbour.IsPushing || !NeedsPush(neighbour))
                continue;
            if (now.MonotonicMs < neighbour.RetryAtMs)
            {
                WakeAt(neighbour.RetryAtMs);
                continue;
            }

            if (IsSignal(neighbour))
            {
                if (_signalling >= _options.MaxSignals)
                {
                    SignalLater(neighbour);
                    continue;
                }

                neighbour.IsSignalling = true;
                _signalling++;
            }

            neighbour.IsPushing = true;
            neighbour.MustPush = false;
            _pushing++;
            _effects.Enqueue(new PeerEffect.Push(neighbour.Peer, StateFor(neighbour, now)));
        }
    }

    /// <summary>The next to talk to. Those who wait for a signal come first, but only so many at once.</summary>
    private bool TryDequeue([NotNullWhen(true)] out Neighbour? neighbour)
    {
        if (_signalling < _options.MaxSignals && _toSignal is not null && _toSignal.TryDequeue(out neighbour))
            neighbour.IsSignalDue = false;
        else if (_toPush.TryDequeue(out neighbour))
            neighbour.IsQueued = false;
        return neighbour is not null;
    }

    private void SignalLater(Neighbour neighbour)
    {
        if (neighbour.IsSignalDue)
            return;
        neighbour.IsSignalDue = true;
        (_toSignal ??= []).Enqueue(neighbour);
    }
}
