using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// The handshake from the side that dialled, as a machine: frames in, frames out. Hello, challenge, proof, verdict: each side proves
/// with the secret and both nonces that it means this very connection, the dialer first, so that strangers get no proof at all.
/// </summary>
internal sealed class DialerHandshake
{
    private readonly PeeringOptions _options;
    private byte[] _challenge = [];
    private byte[] _proof = [];

    /// <param name="options">The cluster, the secret and the versions.</param>
    /// <param name="self">Who dials.</param>
    /// <param name="receiver">Who is expected to answer.</param>
    /// <param name="knownNumber">See <see cref="HelloMessage.KnownNumber"/>.</param>
    /// <param name="nonce">Random bytes that were never used before.</param>
    public DialerHandshake(PeeringOptions options, PeerIdentity self, SiloAddress receiver, long knownNumber, byte[] nonce)
    {
        _options = options;
        Hello = HandshakeCodec.Write(new HelloMessage
        {
            MinVersion = options.MinProtocolVersion,
            MaxVersion = options.MaxProtocolVersion,
            ClusterId = options.ClusterId,
            Sender = self.Address,
            NodeId = self.NodeId,
            Receiver = receiver,
            Nonce = nonce,
            KnownNumber = knownNumber,
        });
    }

    /// <summary>The first frame.</summary>
    public byte[] Hello { get; }

    /// <summary>Who answers; to be believed only after <see cref="Conclude"/>.</summary>
    public PeerIdentity? Acceptor { get; private set; }

    /// <summary>The version of the connection.</summary>
    public int Version { get; private set; }

    /// <summary>Takes the challenge; gives the proof.</summary>
    /// <exception cref="HandshakeException">The other side is of another cluster, or breaks the protocol.</exception>
    public byte[] Answer(byte[] challenge)
    {
        ChallengeMessage message = HandshakeCodec.Read<ChallengeMessage>(challenge);
        if (message.ClusterId != _options.ClusterId)
        {
            throw new HandshakeException(
                HandshakeProblem.Cluster, $"{message.Sender} belongs to the cluster '{message.ClusterId}', this silo to '{_options.ClusterId}'.");
        }

        if (message.Version < _options.MinProtocolVersion || message.Version > _options.MaxProtocolVersion || message.Nonce.Length != HandshakeCodec.NonceBytes)
        {
            throw new HandshakeException(HandshakeProblem.Malformed, $"{message.Sender} chose version {message.Version} and a nonce of {message.Nonce.Length} bytes.");
        }

        Acceptor = new PeerIdentity(message.Sender, message.NodeId);
        Version = message.Version;
        _challenge = challenge;
        return _proof = HandshakeCodec.Prove(_options.Key(), "dialer", Hello, challenge);
    }

    /// <summary>Takes the verdict, once the acceptor's proof has been checked.</summary>
    /// <exception cref="HandshakeException">The acceptor does not know the secret.</exception>
    public VerdictMessage Conclude(byte[] verdict)
    {
        if (verdict.Length < HandshakeCodec.ProofBytes)
        {
            throw new HandshakeException(HandshakeProblem.Malformed, "A verdict has no proof.");
        }

        byte[] message = verdict[HandshakeCodec.ProofBytes..];
        HandshakeCodec.Check(
            verdict.AsSpan(0, HandshakeCodec.ProofBytes), HandshakeCodec.Prove(_options.Key(), "acceptor", Hello, _challenge, _proof, message));
        return HandshakeCodec.Read<VerdictMessage>(message);
    }
}
