using System.Net;

namespace Actors.Runtime.Peering;

/// <content>Connections that others open.</content>
internal sealed partial class PeerHub
{
    /// <summary>Takes a connection that has come in, and serves it to its end.</summary>
    /// <param name="from">Where it comes from, for logs.</param>
    /// <param name="open">Gives the transport, encrypted where that is configured.</param>
    /// <param name="abort">Ends the connection before it has a transport.</param>
    public async Task AcceptAsync(EndPoint? from, Func<CancellationToken, Task<IPeerTransport>> open, Action<string> abort)
    {
        if (Interlocked.Increment(ref _handshakes) > _options.MaxHandshakes)
        {
            Interlocked.Decrement(ref _handshakes);
            string reason = $"{_options.MaxHandshakes} connections are in their handshake already.";
            _log.StrangerRefused(HandshakeProblem.TooMany, from, reason);
            abort(reason);
            return;
        }

        (PeerLink Link, PeerConnection Connection, PeerConnection? Replaced)? adopted;
        try
        {
            adopted = await ShakeHandsAsync(from, open).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
        }

        if (adopted is { } one)
        {
            await ServeAsync(one.Link, one.Connection, one.Replaced).ConfigureAwait(false);
        }
    }

    private async Task<(PeerLink Link, PeerConnection Connection, PeerConnection? Replaced)?> ShakeHandsAsync(
        EndPoint? from, Func<CancellationToken, Task<IPeerTransport>> open)
    {
        IPeerTransport? transport = null;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.HandshakeTimeoutMs), _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            transport = await open(both.Token).ConfigureAwait(false);
            AcceptorHandshake handshake = await _introduction.AcceptAsync(transport, both.Token).ConfigureAwait(false);
            if (Judge(transport, handshake, out (PeerLink, PeerConnection, PeerConnection?)? adopted) is { } verdict)
            {
                await Introduction.SendAsync(transport, FrameKind.Verdict, handshake.Conclude(verdict), both.Token).ConfigureAwait(false);
                if (verdict.Verdict == Verdict.Accepted)
                {
                    adopted = await AwaitAdoptionAsync(transport, handshake, both.Token).ConfigureAwait(false);
                }
            }

            if (adopted is null)
            {
                await transport.DisposeAsync().ConfigureAwait(false);
            }

            return adopted;
        }
        catch (HandshakeException error)
        {
            _log.StrangerRefused(error.Problem, from, error.Message);
            if (transport is not null)
            {
                await _introduction.RefuseAsync(transport, error).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            if (deadline.IsCancellationRequested)
            {
                _log.StrangerRefused(HandshakeProblem.Timeout, from, $"The handshake took more than {_options.HandshakeTimeoutMs} ms.");
            }

            transport?.Abort("The handshake took too long.");
        }
        catch (Exception error)
        {
            _log.StrangerRefused(HandshakeProblem.Malformed, from, error.Message);
            transport?.Abort(error.Message);
        }

        if (transport is not null)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>
    /// Decides about a dialer that has proved who it is. Where this silo accepts and numbers the connection, the verdict is the first
    /// message in its outbox, so nothing goes before it; otherwise the verdict is for the caller to send.
    /// </summary>
    private VerdictMessage? Judge(IPeerTransport transport, AcceptorHandshake handshake, out (PeerLink, PeerConnection, PeerConnection?)? adopted)
    {
        adopted = null;
        PeerIdentity dialer = handshake.Dialer;
        if (!handshake.Hello.Receiver.Equals(Self.Address))
        {
            bool sameEndpoint = handshake.Hello.Receiver.Endpoint.Equals(Self.Address.Endpoint);
            return new VerdictMessage
            {
                Verdict = sameEndpoint ? Verdict.OtherGeneration : Verdict.OtherSilo,
                Reason = $"{handshake.Hello.Receiver} is not here: {Self} answers.",
            };
        }

        if (_owner.Admits(dialer) is { } reason)
        {
            return new VerdictMessage { Verdict = Verdict.NotAdmitted, Reason = reason };
        }

        lock (_lock)
        {
            if (_stopped)
            {
                return new VerdictMessage { Verdict = Verdict.NotAdmitted, Reason = $"{Self} stops." };
            }

            PeerLink link = LinkTo(dialer.Address);
            VerdictMessage verdict = link.Judge(handshake.Hello);
            if (!link.Decides || verdict.Verdict != Verdict.Accepted)
            {
                RemoveIfUnused(link);
                return verdict;
            }

            var connection = new PeerConnection(transport, dialer, handshake.Version, _options, _events, _time);
            connection.TrySend(FrameKind.Verdict, handshake.Conclude(verdict), always: true);
            adopted = (link, connection, Adopt(link, connection, verdict.Number));
            return null;
        }
    }

    /// <summary>The dialer decides: waits for its decision.</summary>
    private async Task<(PeerLink, PeerConnection, PeerConnection?)?> AwaitAdoptionAsync(IPeerTransport transport, AcceptorHandshake handshake, CancellationToken token)
    {
        byte[]? frame = await _introduction.TryReadAsync(transport, FrameKind.Adopt, token).ConfigureAwait(false);
        if (frame is null)
        {
            return null; // The dialer has another connection by now.
        }

        if (frame.Length != sizeof(long))
        {
            throw new HandshakeException(HandshakeProblem.Malformed, $"An Adopt frame has {frame.Length} bytes.");
        }

        long number = BitConverter.ToInt64(frame);
        lock (_lock)
        {
            PeerLink link = LinkTo(handshake.Dialer.Address);
            if (_stopped || !link.IsNews(number))
            {
                RemoveIfUnused(link);
                return null;
            }

            var connection = new PeerConnection(transport, handshake.Dialer, handshake.Version, _options, _events, _time);
            return (link, connection, Adopt(link, connection, number));
        }
    }
}
