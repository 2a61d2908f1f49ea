using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// What this silo knows of its connection with one other: the rules by which two silos that may both dial, at the same time or after
/// one has noticed a loss and the other has not, use the same one. A machine; the hub calls it under its lock.
/// </summary>
/// <remarks>
/// One of the two decides, the one with the lower address: it numbers the connections, and the other uses one only when it has been
/// told its number, in the verdict or in an Adopt frame. A dialer says the newest number that it knows of and does not have: lower
/// than that of the connection in use, it dialled before it heard of that one, and is told to wait for it; otherwise it has lost
/// that one, and the new connection takes its place.
/// </remarks>
internal sealed class PeerLink(SiloAddress self, SiloAddress peer)
{
    private long _known;

    /// <summary>The other silo.</summary>
    public SiloAddress Peer => peer;

    /// <summary>True when this silo numbers the connections.</summary>
    public bool Decides { get; } = self.CompareTo(peer) < 0;

    /// <summary>The connection in use; null when there is none.</summary>
    public PeerConnection? Current { get; private set; }

    /// <summary>True when this silo is to connect, again and again.</summary>
    public bool IsWanted { get; set; }

    /// <summary>True while a loop tries to connect.</summary>
    public bool IsDialling { get; set; }

    /// <summary>The newest connection's number that this silo knows of.</summary>
    public long Known => _known;

    /// <summary>What an acceptor says to a dialer that has proved who it is, and the number where this side gives it.</summary>
    public VerdictMessage Judge(HelloMessage hello)
    {
        if (!Decides)
        {
            return new VerdictMessage { Verdict = Verdict.Accepted, Number = _known };
        }

        if (Current is not null && hello.KnownNumber < Current.Number)
        {
            return new VerdictMessage { Verdict = Verdict.Duplicate, Number = Current.Number, Reason = $"Connection {Current.Number} of the two silos is in use." };
        }

        _known = Math.Max(_known, hello.KnownNumber) + 1;
        return new VerdictMessage { Verdict = Verdict.Accepted, Number = _known };
    }

    /// <summary>A dialer that decides was accepted: the number of its connection; 0 when another is in use already.</summary>
    public long NumberOwn(VerdictMessage verdict)
    {
        if (Current is not null)
        {
            return 0;
        }

        _known = Math.Max(_known, verdict.Number) + 1;
        return _known;
    }

    /// <summary>Notes a number that the deciding side told.</summary>
    public void Learn(long number) => _known = Math.Max(_known, number);

    /// <summary>True when a connection with this number is newer than the one in use. The side that does not decide asks.</summary>
    public bool IsNews(long number) => number > 0 && number >= _known && (Current is null || number > Current.Number);

    /// <summary>Uses a connection; gives the one that it replaces.</summary>
    public PeerConnection? Use(PeerConnection connection, long number)
    {
        PeerConnection? replaced = Current;
        Learn(number);
        Current = connection;
        return replaced;
    }

    /// <summary>A connection has ended; true when it was the one in use.</summary>
    public bool TryLose(PeerConnection connection)
    {
        if (!ReferenceEquals(Current, connection))
        {
            return false;
        }

        Current = null;
        return true;
    }
}
