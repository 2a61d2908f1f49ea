using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Wire;
using Actors.Agents;
using Actors.Agents.Messages;

namespace Actors.AgentLoad.Running;

/// <summary>Reads what hubs send and judges it.</summary>
internal sealed partial class LoadLoop
{
    private void OnEvent(LoadPeer peer, bool canWrite)
    {
        if (peer.At == LoadPeer.State.Dialling)
        {
            AskForUpgrade(peer);
            if (peer.At != LoadPeer.State.Upgrading)
                return;
        }

        if (canWrite && peer.Socket!.Flush() is var error && error != SocketError.Success)
        {
            Cut(peer, error);
            return;
        }

        Read(peer);
    }

    private void Read(LoadPeer peer)
    {
        var length = peer.Socket!.Receive(_in, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (error != SocketError.Success)
        {
            Cut(peer, error);
            return;
        }

        peer.LastByteAt = Now();
        var used = 0;
        if (peer.At == LoadPeer.State.Upgrading && !TryReadAnswer(peer, _in.AsSpan(0, length), out used))
            return;
        used += ReadFrames(peer, _in.AsSpan(used, length - used));
        _bytesRead += used;
        peer.Socket?.Keep(_in.AsSpan(used, length - used));
    }

    /// <summary>The other side has ended the connection, or this one could not use it.</summary>
    private void Cut(LoadPeer peer, SocketError error)
    {
        var why = $"the connection with {HubOf(peer)} broke ({error})";
        if (peer.At == LoadPeer.State.Joined)
            Break(peer, why);
        else
            GoElsewhere(peer, why);
    }

    private bool TryReadAnswer(LoadPeer peer, ReadOnlySpan<byte> bytes, out int used)
    {
        used = Upgrade.TryRead(bytes, peer.DialKey!, out var answer);
        if (used == 0)
        {
            if (bytes.Length > 16_384)
                End(peer, "dial", $"{HubOf(peer)} does not speak HTTP");
            else
                peer.Socket!.Keep(bytes);
            return false;
        }

        if (!answer.IsAccepted)
        {
            Refused(peer, answer);
            return false;
        }

        (peer.At, peer.DialKey) = (LoadPeer.State.Unwelcomed, null);
        return true;
    }

    private int ReadFrames(LoadPeer peer, ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (peer.Socket is not null)
        {
            var status = SocketFrame.TryRead(bytes[used..], MaxFrameBytes, out var frame);
            if (status == OperationStatus.NeedMoreData)
                break;
            if (status == OperationStatus.InvalidData)
            {
                End(peer, "frame", $"{HubOf(peer)} sent a WebSocket frame that is masked, or longer than {Count(MaxFrameBytes)} bytes");
                break;
            }

            var payload = bytes.Slice(used + frame.PayloadStart, frame.PayloadLength);
            used += frame.Bytes;
            if (peer.At == LoadPeer.State.Joined)
                peer.ConnectionBytes += frame.Bytes;
            OnFrame(peer, frame, payload);
        }

        return used;
    }

    private void OnFrame(LoadPeer peer, SocketFrame frame, ReadOnlySpan<byte> payload)
    {
        switch (frame.Opcode)
        {
            case SocketFrame.Text when frame.IsLast:
                OnText(peer, payload);
                break;
            case SocketFrame.Text or SocketFrame.Continuation:
                var message = peer.Message ??= [];
                message.AddRange(payload);
                if (frame.IsLast || message.Count > MaxFrameBytes)
                {
                    peer.Message = null;
                    OnText(peer, message.ToArray());
                }

                break;
            case SocketFrame.Ping or SocketFrame.Pong or SocketFrame.Close when payload.Length > SocketFrame.MaxControlBytes || !frame.IsLast:
                End(peer, "frame", $"{HubOf(peer)} sent a control frame in parts, or of more than {SocketFrame.MaxControlBytes} bytes");
                break;
            case SocketFrame.Ping:
                Send(peer, SocketFrame.Pong, payload);
                break;
            case SocketFrame.Pong:
                break;
            case SocketFrame.Close:
                var code = payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
                var reason = payload.Length < 2 ? "" : TextOf(payload[2..]);
                Send(peer, SocketFrame.Close, payload[..Math.Min(2, payload.Length)]);
                if (peer.Socket is not null)
                    Closed(peer, code, reason);
                break;
            default:
                End(peer, "frame", $"{HubOf(peer)} sent a WebSocket frame that is no text");
                break;
        }
    }

    private void OnText(LoadPeer peer, ReadOnlySpan<byte> text)
    {
        if (_isEnding)
            return;
        try
        {
            var frame = new HubFrame(text);
            while (frame.NextUpdate())
            {
                OnUpdate(peer, frame);
                if (peer.Socket is null)
                    return; // the answer could not be sent: what follows came on a connection that is no more
            }

            if (frame.Ping is { } number)
                Pong(peer, number);
            if (frame.HasOther)
                OnOther(peer, HubMessage.Parse(text));
            if (peer.At == LoadPeer.State.Unwelcomed)
                End(peer, "frame", $"the first frame of {HubOf(peer)} is no welcome: {TextOf(text)}");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            End(peer, "frame", $"{HubOf(peer)} sent what is no frame ({e.Message.TrimEnd('.')}): {TextOf(text)}");
        }
    }

    private void OnOther(LoadPeer peer, HubMessage message)
    {
        if (message.Welcome is { } welcome)
            Join(peer, welcome);
        if (message.Resume is { } resume)
            peer.Resume = resume.Token;
        if (message.Error is not { } error)
            return;
        if (error.Code == "going_away")
            peer.RetryAfterMs = error.RetryAfterMs;
        else if (error.Code != "not_shared")
            Fail(peer, error.Code.Length == 0 ? "error" : error.Code, $"{HubOf(peer)} said {error.Code}: {error.Text}");
    }

    private void Join(LoadPeer peer, WelcomeMessage welcome)
    {
        if (peer.At != LoadPeer.State.Unwelcomed)
        {
            End(peer, "frame", $"{HubOf(peer)} said its welcome twice");
            return;
        }

        if (peer.IsAgent ? welcome.PeerId != peer.Id : welcome.PeerId == Guid.Empty || (_indexOf.TryGetValue(welcome.PeerId, out var other) && other != peer.Index))
        {
            End(peer, "frame", $"{HubOf(peer)} gave it the id {welcome.PeerId:D}");
            return;
        }

        _dialsUnderWay--;
        (peer.At, peer.JoinedAt) = (LoadPeer.State.Joined, _now);
        _connections++;
        _dial.Record(_now - peer.DialledAt);
        (peer.Connections++ == 0 ? _connect : _reconnect).Record(_now - peer.WishedAt);
        if (welcome.DeadMs > 0)
            peer.DeadMs = welcome.DeadMs;
        peer.PingMs = welcome.PingMs;
        var hadResume = peer.Resume is not null;
        peer.Resume = welcome.Resume?.Token ?? peer.Resume;
        if (peer.Id != welcome.PeerId)
        {
            if (peer.Id != Guid.Empty)
                Rename(peer, welcome.PeerId, hadResume);
            Name(peer, welcome.PeerId);
        }

        _checker.Joined(peer.Index, _now);
        Announce(peer, withTunnels: !peer.IsAgent);
    }

    /// <summary>Others have to be told of a client that comes back under another id as of another one; with its resume token it should have kept its id.</summary>
    private void Rename(LoadPeer peer, Guid id, bool hadResume)
    {
        _checker.Renamed(peer.Index, _now);
        if (hadResume)
            Fail(peer, "renamed", $"{HubOf(peer)} did not honour its resume token and gave it the id {id:D}");
    }

    private void OnUpdate(LoadPeer peer, in HubFrame frame)
    {
        var isStamped = NodeStamp.TryRead(frame.Key, out var stamp) && stamp.Run == _options.Seed;
        if (!_indexOf.TryGetValue(frame.Peer, out var subject))
        {
            Fail(peer, nameof(Breach.Forbidden), $"it was told {frame.Kind} of {frame.Peer:D}, which is no peer of this run");
            return;
        }

        var isUnquiet = frame.Kind != PeerUpdateKind.ReadyForHandshake && IsUnquiet(peer, _peers[subject]);
        if (isUnquiet)
            _unquiet++;
        if (_peers[subject].Id != frame.Peer)
        {
            // What it was called before it came back under another id.
            if (isUnquiet)
                FailUnquiet(peer, frame);
            return;
        }

        if (frame.Kind != PeerUpdateKind.Node)
        {
            var breach = frame.Kind == default ? Breach.Invented : _checker.ToldOf(peer.Index, subject, frame.Kind, _now);
            if (breach != Breach.None)
                Fail(peer, breach.ToString(), $"it was told {frame.Kind} of {_peers[subject].Identity}: {Explain(breach)}");
            else if (isUnquiet)
                FailUnquiet(peer, frame);
            return;
        }

        var told = isStamped && stamp.Peer == subject
            ? _checker.ToldNode(peer.Index, subject, stamp.Sequence, stamp.SentAt, _now)
            : new Told(Breach.Invented, 0, false, false);
        if (told.Breach != Breach.None)
        {
            Fail(peer, told.Breach.ToString(), $"it was told update {stamp.Sequence} of {_peers[subject].Identity} after {told.Expected}: {Explain(told.Breach)}");
            return;
        }

        _movedAt = _now;
        if (isUnquiet)
            FailUnquiet(peer, frame);
        if (told.IsLate)
        {
            Fail(
                peer,
                nameof(Breach.Lost),
                $"it was told update {stamp.Sequence} of {_peers[subject].Identity} {Count((_now - stamp.SentAt) / NanosecondsPerMs)} ms after that was sent, and nothing newer than {told.Expected} within {_options.LostAfter.TotalSeconds} s");
        }

        if (told.IsTimed && stamp.SentAt >= _measuresFrom)
            _delivery.Record(_now - stamp.SentAt);
        if (_inFlight.Count > 0 && _checker.IsSettled(subject))
            Arrived(subject);
        if (peer.IsAgent && _options.AgentsGetReady && told.IsFresh)
            GetReady(peer, subject);
    }

    private static string Explain(Breach breach) => breach switch
    {
        Breach.Duplicated => "it was told that before on the same connection",
        Breach.Stale => "it was told a newer one before",
        Breach.Forbidden => "the two have no tunnel",
        Breach.NotOpener => "it has not opened the tunnel between the two",
        Breach.Invented => "nobody has said that",
        Breach.FalselyLost => "that one's connection has not broken since its last NODE",
        Breach.FalselyGone => "that one has not said goodbye, and the tunnel is open",
        Breach.Untold => "there was no NODE of it on this connection",
        _ => "",
    };
}
