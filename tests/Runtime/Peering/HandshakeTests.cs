using Actors.Runtime.Peering;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

public sealed class HandshakeTests
{
    private static readonly PeerIdentity Alice = new(SiloAddress.Parse("127.0.0.1:1001@7"), 1);
    private static readonly PeerIdentity Bob = new(SiloAddress.Parse("127.0.0.1:1002@8"), 2);

    [Fact]
    public void Both_sides_know_each_other_in_the_end()
    {
        (DialerHandshake dialer, AcceptorHandshake acceptor, VerdictMessage verdict) = Shake(PeerNode.Options, PeerNode.Options);
        Assert.Equal(Bob, dialer.Acceptor);
        Assert.Equal(Alice, acceptor.Dialer);
        Assert.Equal(5, acceptor.Hello.KnownNumber);
        Assert.Equal(new VerdictMessage { Verdict = Verdict.Accepted, Number = 6 }, verdict);
    }

    [Fact]
    public void The_frames_of_version_1_stay_as_they_are()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 5, Nonce(1));
        var acceptor = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2));
        byte[] challenge = acceptor.Challenge(dialer.Hello);
        byte[] proof = dialer.Answer(challenge);
        acceptor.Verify(proof);
        byte[] verdict = acceptor.Conclude(new VerdictMessage { Verdict = Verdict.Accepted, Number = 6 });
        Assert.Equal(HandshakeVectors.Hello, Convert.ToHexString(dialer.Hello));
        Assert.Equal(HandshakeVectors.Challenge, Convert.ToHexString(challenge));
        Assert.Equal(HandshakeVectors.Proof, Convert.ToHexString(proof));
        Assert.Equal(HandshakeVectors.Verdict, Convert.ToHexString(verdict));
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(2, 3, 1, 2, 2)]
    [InlineData(1, 9, 3, 5, 5)]
    public void An_older_and_a_newer_build_use_the_newest_version_of_both(int dialerMin, int dialerMax, int acceptorMin, int acceptorMax, int expected)
    {
        (DialerHandshake dialer, AcceptorHandshake acceptor, _) = Shake(
            PeerNode.Options with { MinProtocolVersion = dialerMin, MaxProtocolVersion = dialerMax },
            PeerNode.Options with { MinProtocolVersion = acceptorMin, MaxProtocolVersion = acceptorMax });
        Assert.Equal(expected, dialer.Version);
        Assert.Equal(expected, acceptor.Version);
    }

    [Theory]
    [InlineData(1, 1, 2, 3)]
    [InlineData(4, 4, 2, 3)]
    public void Builds_without_a_common_version_refuse_each_other(int dialerMin, int dialerMax, int acceptorMin, int acceptorMax)
    {
        HandshakeException error = Refusal(
            PeerNode.Options with { MinProtocolVersion = dialerMin, MaxProtocolVersion = dialerMax },
            PeerNode.Options with { MinProtocolVersion = acceptorMin, MaxProtocolVersion = acceptorMax });
        Assert.Equal(HandshakeProblem.Version, error.Problem);
        Assert.Contains($"{acceptorMin} to {acceptorMax}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{dialerMin} to {dialerMax}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_cluster_is_refused_and_both_are_named()
    {
        HandshakeException error = Refusal(PeerNode.Options with { ClusterId = "blue" }, PeerNode.Options with { ClusterId = "green" });
        Assert.Equal(HandshakeProblem.Cluster, error.Problem);
        Assert.Contains("'blue'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'green'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_secret_is_refused_by_the_acceptor() =>
        Assert.Equal(HandshakeProblem.Secret, Refusal(PeerNode.Options with { Secret = "not the tests' secret" }, PeerNode.Options).Problem);

    [Fact]
    public void An_acceptor_without_the_secret_is_refused_by_the_dialer()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 0, Nonce(1));
        var acceptor = new AcceptorHandshake(PeerNode.Options with { Secret = "guessed by a stranger" }, Bob, Nonce(2));
        dialer.Answer(acceptor.Challenge(dialer.Hello));
        byte[] verdict = acceptor.Conclude(new VerdictMessage { Verdict = Verdict.OtherGeneration });
        Assert.Equal(HandshakeProblem.Secret, Assert.Throws<HandshakeException>(() => dialer.Conclude(verdict)).Problem);
    }

    [Fact]
    public void A_silo_that_dials_itself_is_told()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Alice.Address, 0, Nonce(1));
        var acceptor = new AcceptorHandshake(PeerNode.Options, Alice, Nonce(2));
        Assert.Equal(HandshakeProblem.Self, Assert.Throws<HandshakeException>(() => acceptor.Challenge(dialer.Hello)).Problem);
    }

    [Fact]
    public void No_damaged_bit_of_any_frame_passes()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 5, Nonce(1));
        byte[] challenge = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2)).Challenge(dialer.Hello);
        byte[] proof = dialer.Answer(challenge);
        for (int bit = 0; bit < dialer.Hello.Length * 8; bit++)
        {
            Assert.Throws<HandshakeException>(() =>
            {
                var acceptor = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2));
                acceptor.Challenge(Damaged(dialer.Hello, bit));
                acceptor.Verify(proof);
            });
        }

        for (int bit = 0; bit < challenge.Length * 8; bit++)
        {
            Assert.Throws<HandshakeException>(() =>
            {
                var one = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 5, Nonce(1));
                var acceptor = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2));
                acceptor.Challenge(one.Hello);
                acceptor.Verify(one.Answer(Damaged(challenge, bit)));
            });
        }

        var good = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2));
        good.Challenge(dialer.Hello);
        good.Verify(proof);
        byte[] verdict = good.Conclude(new VerdictMessage { Verdict = Verdict.Accepted, Number = 6 });
        for (int bit = 0; bit < verdict.Length * 8; bit++)
        {
            Assert.Throws<HandshakeException>(() => dialer.Conclude(Damaged(verdict, bit)));
        }

        Assert.Equal(6, dialer.Conclude(verdict).Number);
    }

    [Fact]
    public void A_proof_does_not_fit_another_connection_or_the_other_direction()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 0, Nonce(1));
        var acceptor = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2));
        byte[] proof = dialer.Answer(acceptor.Challenge(dialer.Hello));
        var later = new AcceptorHandshake(PeerNode.Options, Bob, Nonce(3));
        later.Challenge(dialer.Hello);
        Assert.Throws<HandshakeException>(() => later.Verify(proof));
        Assert.Throws<HandshakeException>(() => dialer.Conclude(proof));
    }

    [Fact]
    public void Frames_that_are_cut_are_refused()
    {
        var dialer = new DialerHandshake(PeerNode.Options, Alice, Bob.Address, 0, Nonce(1));
        for (int length = 0; length < dialer.Hello.Length; length++)
        {
            Assert.Equal(
                HandshakeProblem.Malformed,
                Assert.Throws<HandshakeException>(() => new AcceptorHandshake(PeerNode.Options, Bob, Nonce(2)).Challenge(dialer.Hello[..length])).Problem);
        }
    }

    [Fact]
    public void Every_mistake_in_the_options_is_named()
    {
        IReadOnlyList<string> mistakes = (PeerNode.Options with { ClusterId = "", Secret = "short", MaxHandshakes = 0, MinProtocolVersion = 2 }).Mistakes();
        Assert.Equal(4, mistakes.Count);
        Assert.Empty(PeerNode.Options.Mistakes());
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("short", StringComparison.Ordinal));
    }

    private static (DialerHandshake Dialer, AcceptorHandshake Acceptor, VerdictMessage Verdict) Shake(PeeringOptions dialing, PeeringOptions accepting)
    {
        var dialer = new DialerHandshake(dialing, Alice, Bob.Address, 5, Nonce(1));
        var acceptor = new AcceptorHandshake(accepting, Bob, Nonce(2));
        acceptor.Verify(dialer.Answer(acceptor.Challenge(dialer.Hello)));
        return (dialer, acceptor, dialer.Conclude(acceptor.Conclude(new VerdictMessage { Verdict = Verdict.Accepted, Number = 6 })));
    }

    private static HandshakeException Refusal(PeeringOptions dialing, PeeringOptions accepting) => Assert.Throws<HandshakeException>(() => Shake(dialing, accepting));

    private static byte[] Nonce(byte value)
    {
        var nonce = new byte[HandshakeCodec.NonceBytes];
        Array.Fill(nonce, value);
        return nonce;
    }

    private static byte[] Damaged(byte[] bytes, int bit)
    {
        byte[] damaged = [.. bytes];
        damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        return damaged;
    }
}
