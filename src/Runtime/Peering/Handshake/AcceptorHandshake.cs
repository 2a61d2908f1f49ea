namespace Actors.Runtime.Peering;

/// <summary>The handshake from the side that accepted, as a machine; see <see cref="DialerHandshake"/>.</summary>
/// <param name="options">The cluster, the secret and the versions.</param>
/// <param name="self">Who answers.</param>
/// <param name="nonce">Random bytes that were never used before.</param>
internal sealed class AcceptorHandshake(PeeringOptions options, PeerIdentity self, byte[] nonce)
{
    private byte[] _hello = [];
    private byte[] _challenge = [];
    private byte[] _proof = [];

    /// <summary>What the dialer said; to be believed only after <see cref="Verify"/>.</summary>
    public HelloMessage Hello { get; private set; } = new();

    /// <summary>Who dialled; to be believed only after <see cref="Verify"/>.</summary>
    public PeerIdentity Dialer => new(Hello.Sender, Hello.NodeId);

    /// <summary>The version of the connection.</summary>
    public int Version { get; private set; }

    /// <summary>Takes the hello; gives the challenge.</summary>
    /// <exception cref="HandshakeException">The dialer is of another cluster or version, is this silo, or breaks the protocol.</exception>
    public byte[] Challenge(byte[] hello)
    {
        HelloMessage message = HandshakeCodec.Read<HelloMessage>(hello);
        if (message.ClusterId != options.ClusterId)
        {
            throw new HandshakeException(
                HandshakeProblem.Cluster,
                $"{self.Address} belongs to the cluster '{options.ClusterId}', {message.Sender} to '{Shown(message.ClusterId)}': give one of them another peering port or the same cluster name.");
        }

        Version = Math.Min(options.MaxProtocolVersion, message.MaxVersion);
        if (Version < options.MinProtocolVersion || Version < message.MinVersion)
        {
            throw new HandshakeException(
                HandshakeProblem.Version,
                $"{self.Address} speaks the versions {options.MinProtocolVersion} to {options.MaxProtocolVersion}, {message.Sender} speaks {message.MinVersion} to {message.MaxVersion}: upgrade one release at a time.");
        }

        if (message.Nonce.Length != HandshakeCodec.NonceBytes)
        {
            throw new HandshakeException(HandshakeProblem.Malformed, $"The dialer's nonce has {message.Nonce.Length} bytes.");
        }

        if (message.Sender.Equals(self.Address))
        {
            throw new HandshakeException(HandshakeProblem.Self, $"{self.Address} dialled itself.");
        }

        Hello = message;
        _hello = hello;
        return _challenge = HandshakeCodec.Write(new ChallengeMessage
        {
            Version = Version,
            ClusterId = options.ClusterId,
            Sender = self.Address,
            NodeId = self.NodeId,
            Nonce = nonce,
        });
    }

    /// <summary>Takes the dialer's proof.</summary>
    /// <exception cref="HandshakeException">The dialer does not know the secret.</exception>
    public void Verify(byte[] proof)
    {
        HandshakeCodec.Check(proof, HandshakeCodec.Prove(options.Key(), "dialer", _hello, _challenge));
        _proof = proof;
    }

    /// <summary>The last frame: the proof that this side knows the secret, and its verdict.</summary>
    public byte[] Conclude(VerdictMessage verdict)
    {
        byte[] message = HandshakeCodec.Write(verdict);
        return [.. HandshakeCodec.Prove(options.Key(), "acceptor", _hello, _challenge, _proof, message), .. message];
    }

    /// <summary>What a stranger sent, short enough for a log.</summary>
    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
