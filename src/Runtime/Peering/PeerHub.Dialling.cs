using System.Net.Sockets;

namespace Actors.Runtime.Peering;

/// <content>Connections that this silo opens.</content>
internal sealed partial class PeerHub
{
    /// <summary>Tries until there is a connection or none is wanted; the first attempt at once, later ones after a random wait.</summary>
    private async Task DialAsync(PeerLink link)
    {
        for (int attempt = 0; ; attempt++)
        {
            int waitMs;
            (PeerConnection? connection, PeerConnection? replaced, bool isDuplicate) = await TryDialAsync(link).ConfigureAwait(false);
            lock (_lock)
            {
                if (connection is not null || link.Current is not null || !link.IsWanted || _stopped)
                {
                    link.IsDialling = false;
                    if (connection is not null)
                    {
                        Start(() => ServeAsync(link, connection, replaced));
                    }

                    DialIfNeeded(link);
                    RemoveIfUnused(link);
                    return;
                }

                waitMs = isDuplicate ? _options.AdoptionWaitMs : _jitter.Next(1, 1 + (int)Math.Min(_options.MaxBackoffMs, (long)_options.FirstBackoffMs << Math.Min(attempt, 20)));
            }

            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(waitMs), _time, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The loop sees that the hub stops.
            }
        }
    }

    /// <summary>Connects once. What fails is the owner's to know, unless another connection has come up in the meantime.</summary>
    private async Task<(PeerConnection? Connection, PeerConnection? Replaced, bool IsDuplicate)> TryDialAsync(PeerLink link)
    {
        long known;
        lock (_lock)
        {
            if (link.Current is not null || !link.IsWanted || _stopped)
            {
                return default;
            }

            known = link.Known;
        }

        PeerRefusal refusal;
        bool isDuplicate = false;
        IPeerTransport? transport = null;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.HandshakeTimeoutMs), _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            transport = await _dialer.DialAsync(link.Peer.Endpoint, both.Token).ConfigureAwait(false);
            (DialerHandshake handshake, VerdictMessage verdict) = await _introduction.DialAsync(transport, link.Peer, known, both.Token).ConfigureAwait(false);
            if (verdict.Verdict == Verdict.Accepted && TryAdoptOwn(link, transport, handshake, verdict, out PeerConnection? connection, out PeerConnection? replaced))
            {
                return (connection, replaced, false);
            }

            isDuplicate = verdict.Verdict == Verdict.Duplicate;
            refusal = RefusalOf(link, handshake, verdict);
        }
        catch (OperationCanceledException)
        {
            refusal = new PeerRefusal(PeerEvidence.None, $"No answer came within {_options.HandshakeTimeoutMs} ms.");
        }
        catch (SocketException error)
        {
            refusal = new PeerRefusal(error.SocketErrorCode == SocketError.ConnectionRefused ? PeerEvidence.ConnectionRefused : PeerEvidence.None, error.Message);
        }
        catch (Exception error)
        {
            refusal = new PeerRefusal(PeerEvidence.None, error.Message);
        }

        if (transport is not null)
        {
            transport.Abort(refusal.Reason);
            await transport.DisposeAsync().ConfigureAwait(false);
        }

        lock (_lock)
        {
            if (link.Current is not null || !link.IsWanted || _stopped)
            {
                return default;
            }
        }

        if (refusal.Reason.Length > 0)
        {
            _log.DialFailed(link.Peer, refusal);
            _events.Refused(link.Peer, refusal);
        }

        return (null, null, isDuplicate);
    }

    /// <summary>An accepted connection of this silo: used if there is no other by now.</summary>
    private bool TryAdoptOwn(
        PeerLink link, IPeerTransport transport, DialerHandshake handshake, VerdictMessage verdict, out PeerConnection? connection, out PeerConnection? replaced)
    {
        connection = replaced = null;
        lock (_lock)
        {
            if (_stopped || !link.IsWanted)
            {
                return false;
            }

            long number = verdict.Number;
            if (link.Decides)
            {
                number = link.NumberOwn(verdict);
            }
            else if (!link.IsNews(number))
            {
                number = 0;
            }

            if (number == 0)
            {
                return false;
            }

            connection = new PeerConnection(transport, handshake.Acceptor!, handshake.Version, _options, _events, _time);
            if (link.Decides)
            {
                connection.TrySend(FrameKind.Adopt, BitConverter.GetBytes(number), always: true);
            }

            replaced = Adopt(link, connection, number);
            return true;
        }
    }

    /// <summary>What a verdict says about the peer; without a reason when another connection is about to be used.</summary>
    private PeerRefusal RefusalOf(PeerLink link, DialerHandshake handshake, VerdictMessage verdict)
    {
        switch (verdict.Verdict)
        {
            case Verdict.Accepted:
                return new PeerRefusal(PeerEvidence.None, "");
            case Verdict.Duplicate:
                lock (_lock)
                {
                    link.Learn(verdict.Number);
                }

                return new PeerRefusal(PeerEvidence.None, "");
            case Verdict.OtherGeneration when handshake.Acceptor!.Address is { } other && other.Endpoint.Equals(link.Peer.Endpoint) && !other.Equals(link.Peer):
                return new PeerRefusal(PeerEvidence.OtherGeneration, verdict.Reason, handshake.Acceptor);
            case Verdict.NotAdmitted:
                return new PeerRefusal(PeerEvidence.NotAdmitted, verdict.Reason, handshake.Acceptor);
            default:
                return new PeerRefusal(PeerEvidence.None, verdict.Reason, handshake.Acceptor);
        }
    }
}
