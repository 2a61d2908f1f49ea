using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>The log events of connections between silos, 1200 to 1249. What strangers can cause is written seldom, with a count of the rest.</summary>
internal sealed partial class PeerLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, (long Written, int Left)> _quiet = [];

    /// <summary>A connection was refused in its handshake.</summary>
    public void StrangerRefused(HandshakeProblem problem, EndPoint? from, string reason)
    {
        if (MayWrite(1200 + (int)problem, out int left))
        {
            Refused(problem, from, reason, left);
        }
    }

    /// <summary>An attempt to connect failed.</summary>
    public void DialFailed(SiloAddress peer, PeerRefusal refusal)
    {
        if (MayWrite(HashCode.Combine(peer, refusal.Evidence) | int.MinValue, out int left))
        {
            Failed(peer, refusal.Evidence, refusal.Reason, left);
        }
    }

    /// <summary>A connection was closed because of what the peer sent.</summary>
    public void Broken(PeerIdentity peer, string reason)
    {
        if (MayWrite(HashCode.Combine(peer.Address) & int.MaxValue, out int left))
        {
            Closed(peer, reason, left);
        }
    }

    [LoggerMessage(EventId = 1203, Level = LogLevel.Information, Message = "Connected with {Peer}, connection {Number}, protocol version {Version}")]
    public partial void Connected(PeerIdentity peer, long number, int version);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Error, Message = "The owner of the peers failed to handle an event")]
    public partial void OwnerFailed(Exception error);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Information, Message = "Peers connect at {EndPoint}")]
    public partial void Listening(EndPoint endPoint);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Error, Message = "No more peers are accepted at {EndPoint}")]
    public partial void AcceptFailed(Exception error, EndPoint endPoint);

    [LoggerMessage(EventId = 1200, Level = LogLevel.Warning, Message = "Refused a connection from {From} ({Problem}): {Reason} ({Left} more like it were not written)")]
    private partial void Refused(HandshakeProblem problem, EndPoint? from, string reason, int left);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "No connection to {Peer} ({Evidence}): {Reason} ({Left} more like it were not written)")]
    private partial void Failed(SiloAddress peer, PeerEvidence evidence, string reason, int left);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "The connection with {Peer} ended: {Reason} ({Left} more like it were not written)")]
    private partial void Closed(PeerIdentity peer, string reason, int left);

    private bool MayWrite(int what, out int left)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            bool known = _quiet.TryGetValue(what, out (long Written, int Left) last);
            if (known && time.GetElapsedTime(last.Written, now) < QuietPeriod)
            {
                _quiet[what] = (last.Written, last.Left + 1);
                left = 0;
                return false;
            }

            if (!known && _quiet.Count >= 1_000)
            {
                _quiet.Clear();
            }

            left = last.Left;
            _quiet[what] = (now, 0);
            return true;
        }
    }
}
