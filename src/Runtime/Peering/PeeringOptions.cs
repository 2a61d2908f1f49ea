using System.Net.Sockets;
using System.Text;

namespace Actors.Runtime.Peering;

/// <summary>How this silo talks with others. Sizes in bytes, times in milliseconds.</summary>
public sealed record PeeringOptions
{
    /// <summary>The shortest secret that is accepted, in characters.</summary>
    public const int MinSecretLength = 16;

    /// <summary>The name of the cluster. Silos of another are refused.</summary>
    public required string ClusterId { get; init; }

    /// <summary>What all silos of the cluster know and nobody else does. It is never sent.</summary>
    public required string Secret { get; init; }

    /// <summary>A bound socket that peers are listened for on, owned by the listener; null: the silo's address is bound.</summary>
    public Socket? ListenSocket { get; init; }

    /// <summary>Certificates for an encrypted connection; null: the connection is authenticated only.</summary>
    public PeerTls? Tls { get; init; }

    /// <summary>The oldest protocol version that this build speaks.</summary>
    public int MinProtocolVersion { get; init; } = 1;

    /// <summary>The newest protocol version that this build speaks. Two silos use the newest that both know.</summary>
    public int MaxProtocolVersion { get; init; } = 1;

    /// <summary>The longest call or answer.</summary>
    public int MaxCallBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest control message.</summary>
    public int MaxControlBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bytes of calls may wait to be sent to one peer; beyond, callers are told "busy". A single longer call still goes.</summary>
    public long MaxQueuedCallBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many calls and answers may wait to be sent to one peer.</summary>
    public int MaxQueuedCalls { get; init; } = 20_000;

    /// <summary>How many control messages may wait to be sent to one peer.</summary>
    public int MaxQueuedControls { get; init; } = 1_000;

    /// <summary>How many bytes of control messages may wait to be sent to one peer. A view's hand-over is queued at once: a million grains have room.</summary>
    public long MaxQueuedControlBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many calls to one peer may wait for their answers.</summary>
    public int MaxPendingCalls { get; init; } = 20_000;

    /// <summary>How many calls of one peer may be unanswered here. Above what a peer may have pending, so only one that floods meets it.</summary>
    public int MaxReceivedCalls { get; init; } = 40_000;

    /// <summary>How many bytes the unanswered calls of one peer may have.</summary>
    public long MaxReceivedBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>How many calls may wait for a connection or for a view to settle.</summary>
    public int MaxWaitingCalls { get; init; } = 10_000;

    /// <summary>How long a call waits for a connection to its silo before it fails, surely not delivered.</summary>
    public int MaxWaitForPeerMs { get; init; } = 5_000;

    /// <summary>The longest handshake frame.</summary>
    public int MaxHandshakeBytes { get; init; } = 4 * 1024;

    /// <summary>How long a handshake may take, the dialer's connecting included.</summary>
    public int HandshakeTimeoutMs { get; init; } = 5_000;

    /// <summary>How many connections may be in their handshake; one more is closed at once.</summary>
    public int MaxHandshakes { get; init; } = 64;

    /// <summary>The longest wait before the second attempt to connect; it doubles from attempt to attempt, and each wait is a random part of it.</summary>
    public int FirstBackoffMs { get; init; } = 50;

    /// <summary>The longest wait between two attempts.</summary>
    public int MaxBackoffMs { get; init; } = 2_000;

    /// <summary>
    /// How long a silo that is told of a connection which it has not got waits for it before it dials again. Short, and on a busy machine
    /// that connection is replaced although it is sound.
    /// </summary>
    public int AdoptionWaitMs { get; init; } = 500;

    /// <summary>The secret as the key of proofs.</summary>
    internal byte[] Key() => Encoding.UTF8.GetBytes(Secret);

    /// <summary>Every mistake in these options; none when they can be used.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check(ClusterId.Length is > 0 and <= 256, "The cluster's name has 1 to 256 characters.");
        Check(Secret.Length is >= MinSecretLength and <= 1024, $"The cluster's secret has {MinSecretLength} to 1024 characters; it has {Secret.Length}.");
        Check(MinProtocolVersion >= 1 && MaxProtocolVersion >= MinProtocolVersion, "The protocol versions are a range from 1.");
        Check(MaxHandshakeBytes is >= 1024 and <= FrameHeader.MaxBodyBytes, $"{nameof(MaxHandshakeBytes)} is from 1024 to {FrameHeader.MaxBodyBytes}.");
        Check(MaxCallBytes >= 1024 && MaxControlBytes >= 1024, $"{nameof(MaxCallBytes)} and {nameof(MaxControlBytes)} are at least 1024.");
        Check(FirstBackoffMs > 0 && MaxBackoffMs >= FirstBackoffMs, $"{nameof(FirstBackoffMs)} is above 0 and not above {nameof(MaxBackoffMs)}.");
        Check(HandshakeTimeoutMs > 0 && MaxWaitForPeerMs > 0 && AdoptionWaitMs > 0, $"{nameof(HandshakeTimeoutMs)}, {nameof(MaxWaitForPeerMs)} and {nameof(AdoptionWaitMs)} are above 0.");
        Check(
            MaxQueuedCallBytes > 0 && MaxQueuedCalls > 0 && MaxQueuedControls > 0 && MaxQueuedControlBytes > 0
            && MaxPendingCalls > 0 && MaxReceivedCalls > 0 && MaxReceivedBytes > 0 && MaxWaitingCalls > 0 && MaxHandshakes > 0,
            "Every limit of a queue is above 0.");
        return mistakes;

        void Check(bool isGood, string mistake)
        {
            if (!isGood)
            {
                mistakes.Add(mistake);
            }
        }
    }
}
