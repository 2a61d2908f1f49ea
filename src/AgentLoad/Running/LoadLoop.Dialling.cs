using System.ComponentModel;
using System.Net.Sockets;
using Actors.AgentLoad.Sockets;
using Actors.AgentLoad.Wire;
using Actors.Agents;

namespace Actors.AgentLoad.Running;

/// <summary>Dials, and dials again as docs/agents.md says: random waits that double, or the hub's advice.</summary>
internal sealed partial class LoadLoop
{
    private const int FirstBackoffMs = 50;
    private const int MaxBackoffMs = 10_000;
    private const long StableAfterMs = 30_000;

    private readonly PriorityQueue<LoadPeer, long> _dials = new();
    private int _dialsUnderWay;
    private int _gone;

    /// <summary>Whether everybody is connected, or will never be.</summary>
    public bool IsSettledDown => _checker.Online + _gone >= _peers.Length;

    /// <summary>Somebody will not be connected any more.</summary>
    public bool IsAnybodyGone => _gone > 0;

    /// <summary>Nobody is connected, and nobody will be.</summary>
    public bool IsEverybodyGone => _gone >= _peers.Length;

    /// <summary>Cuts connections without a word, as a network does.</summary>
    public void Drop(Func<int, bool> isChosen)
    {
        Now();
        foreach (var peer in _peers)
        {
            if (peer.At == LoadPeer.State.Joined && isChosen(peer.Index))
                Break(peer, "it was cut by the test");
        }
    }

    private void PlanDials()
    {
        var start = Now();
        foreach (var peer in _peers)
        {
            peer.WishedAt = start + (long)(peer.Index / _options.DialsPerSecond * 1e9);
            _dials.Enqueue(peer, peer.WishedAt);
        }
    }

    private void DialDue()
    {
        while (_dialsUnderWay < _options.MaxDials && _dials.TryPeek(out var peer, out var dueAt) && dueAt <= _now)
        {
            _dials.Dequeue();
            if (peer.At == LoadPeer.State.Away)
                Dial(peer);
        }
    }

    private void Dial(LoadPeer peer)
    {
        (peer.DialledAt, peer.LastByteAt, peer.ConnectionBytes) = (_now, _now, 0);
        peer.Generation++;
        try
        {
            var source = _options.Sources.Count == 0 ? null : _options.Sources[peer.Index / _options.Hubs.Count % _options.Sources.Count];
            peer.Socket = PeerSocket.Dial(HubOf(peer), source, _epoll, ((long)peer.Generation << 32) | (uint)peer.Index);
            peer.At = LoadPeer.State.Dialling;
            _dialsUnderWay++;
        }
        catch (Exception e) when (e is SocketException or Win32Exception)
        {
            GoElsewhere(peer, $"{HubOf(peer)} could not be dialled ({e.Message.TrimEnd('.')})");
        }
    }

    private System.Net.IPEndPoint HubOf(LoadPeer peer) => _options.Hubs[peer.Hub];

    private void AskForUpgrade(LoadPeer peer)
    {
        if (peer.Socket!.DialError is var error && error != SocketError.Success)
        {
            GoElsewhere(peer, $"{HubOf(peer)} could not be dialled ({error})");
            return;
        }

        Span<byte> key = stackalloc byte[16];
        _random.NextBytes(key);
        peer.DialKey = Convert.ToBase64String(key);
        peer.At = LoadPeer.State.Upgrading;
        var token = _options.Tokens?.GetValueOrDefault(peer.Name);
        Send(peer, Upgrade.Request(
            peer.IsAgent ? $"/agents/{peer.Id:D}/connect" : "/clients/connect", HubOf(peer).ToString(), peer.DialKey, token, peer.Resume, peer.TraceParent));
    }

    private void Refused(LoadPeer peer, UpgradeAnswer answer)
    {
        var why = $"{HubOf(peer)} answered HTTP {answer.Status} to the dial. {answer.Body.ReplaceLineEndings(" ")}".TrimEnd();
        switch (answer.Status)
        {
            case 429:
                PutOff(peer, answer);
                Break(peer, why);
                break;
            case 503:
                PutOff(peer, answer);
                GoElsewhere(peer, why); // a hub that is full stays full, and another may have room
                break;
            case 401 or 403 or 404:
                End(peer, "dial", why + (_options.Tokens is null ? " It may want tokens." : ""));
                break;
            case >= 500:
                GoElsewhere(peer, why);
                break;
            default:
                End(peer, "dial", answer.Status == 0 ? $"{HubOf(peer)} does not speak HTTP" : why);
                break;
        }
    }

    /// <summary>The hub ends the connection, with a code.</summary>
    private void Closed(LoadPeer peer, int code, string reason)
    {
        var why = $"{HubOf(peer)} closed the connection with {code} ({reason})";
        switch ((AgentCloseCode)code)
        {
            case AgentCloseCode.Goodbye when _isEnding:
                End(peer, null, why);
                break;
            case AgentCloseCode.GoingAway or AgentCloseCode.Failed or AgentCloseCode.Restart or AgentCloseCode.Busy or AgentCloseCode.Silent:
                Break(peer, why);
                break;
            case AgentCloseCode.Flood:
                Fail(peer, "closed", why);
                Break(peer, why);
                break;
            default:
                End(peer, "closed", why);
                break;
        }
    }

    private void PutOff(LoadPeer peer, UpgradeAnswer answer)
    {
        _putOff++;
        peer.RetryAfterMs = answer.RetryAfterMs;
    }

    /// <summary>This hub is not there, or has no room: any of the others, so that those of a hub that is gone do not all go to the same.</summary>
    private void GoElsewhere(LoadPeer peer, string why)
    {
        if (_options.Hubs.Count > 1)
            peer.Hub = (peer.Hub + _random.Next(1, _options.Hubs.Count)) % _options.Hubs.Count;
        Break(peer, why);
    }

    /// <summary>A connection is over, and there will be no other.</summary>
    private void End(LoadPeer peer, string? failure, string why)
    {
        Hang(peer, why);
        peer.At = LoadPeer.State.Gone;
        _gone++;
        if (failure is not null)
            Fail(peer, failure, why);
    }

    /// <summary>A connection, or a dial, is over; there will be another.</summary>
    private void Break(LoadPeer peer, string why)
    {
        var wasStable = peer.At == LoadPeer.State.Joined && _now - peer.JoinedAt >= StableAfterMs * NanosecondsPerMs;
        Hang(peer, why);
        if (_isEnding)
        {
            peer.At = LoadPeer.State.Gone;
            _gone++;
            return;
        }

        peer.At = LoadPeer.State.Away;
        if (wasStable)
            peer.BackoffMs = FirstBackoffMs;
        var waitMs = _random.NextDouble() * (peer.RetryAfterMs ?? peer.BackoffMs);
        if (peer.RetryAfterMs is null)
            peer.BackoffMs = Math.Min(MaxBackoffMs, 2 * peer.BackoffMs);
        peer.RetryAfterMs = null;
        _dials.Enqueue(peer, _now + (long)(waitMs * NanosecondsPerMs));
    }

    private void Hang(LoadPeer peer, string why)
    {
        if (peer.At is LoadPeer.State.Dialling or LoadPeer.State.Upgrading or LoadPeer.State.Unwelcomed)
            _dialsUnderWay--;
        if (peer.At == LoadPeer.State.Joined)
        {
            peer.WishedAt = _now;
            _checker.Broke(peer.Index, _now);
        }

        peer.Socket?.Dispose();
        (peer.Socket, peer.Message, peer.Trouble) = (null, null, why);
        peer.Generation++;
    }

    private void SweepDue()
    {
        if (_now < _sweepAt)
            return;
        _sweepAt = _now + (1_000 * NanosecondsPerMs);
        FindLost();
        foreach (var peer in _peers)
        {
            var silentMs = (_now - peer.LastByteAt) / NanosecondsPerMs;
            if (peer.At == LoadPeer.State.Joined && silentMs > peer.DeadMs)
            {
                var why = $"nothing came from {HubOf(peer)} for {Count(silentMs)} ms, though it is to ping more often than each {Count(peer.DeadMs)} ms";
                Fail(peer, "quiet", why);
                GoElsewhere(peer, why);
            }
            else if (peer.At is LoadPeer.State.Dialling or LoadPeer.State.Upgrading or LoadPeer.State.Unwelcomed
                && _now - peer.DialledAt > (long)_options.DialTimeout.TotalNanoseconds)
            {
                GoElsewhere(peer, $"{HubOf(peer)} did not {(peer.At == LoadPeer.State.Unwelcomed ? "say its welcome" : "answer the dial")} within {_options.DialTimeout.TotalSeconds} s");
            }
        }
    }
}
