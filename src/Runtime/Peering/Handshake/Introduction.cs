using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>Performs handshakes: one frame at a time over a transport, each of a bounded size. The caller's token bounds the time.</summary>
internal sealed class Introduction(PeerIdentity self, PeeringOptions options, TimeProvider time)
{
    /// <summary>What to do when one side encrypts and the other does not, or does not trust it.</summary>
    public const string SameCertificates = "Give every silo a certificate of the same authority (Peering:CertificateFile, Peering:AuthorityFile), or none to any.";

    private static readonly TimeSpan RefusalLimit = TimeSpan.FromSeconds(1);

    /// <summary>Introduces this silo to the one that it has dialled.</summary>
    /// <exception cref="HandshakeException">The other side refuses, or is not what it should be.</exception>
    public async Task<(DialerHandshake Handshake, VerdictMessage Verdict)> DialAsync(IPeerTransport transport, SiloAddress receiver, long knownNumber, CancellationToken token)
    {
        var handshake = new DialerHandshake(options, self, receiver, knownNumber, RandomNumberGenerator.GetBytes(HandshakeCodec.NonceBytes));
        await SendAsync(transport, FrameKind.Hello, handshake.Hello, token).ConfigureAwait(false);
        byte[] proof = handshake.Answer(await ReadAsync(transport, FrameKind.Challenge, token).ConfigureAwait(false));
        await SendAsync(transport, FrameKind.Proof, proof, token).ConfigureAwait(false);
        VerdictMessage verdict = handshake.Conclude(await ReadAsync(transport, FrameKind.Verdict, token).ConfigureAwait(false));
        return (handshake, verdict);
    }

    /// <summary>Listens to a silo that has dialled, until it has proved who it is; the verdict is then the caller's.</summary>
    /// <exception cref="HandshakeException">It is a stranger, or of another cluster or version.</exception>
    public async Task<AcceptorHandshake> AcceptAsync(IPeerTransport transport, CancellationToken token)
    {
        var handshake = new AcceptorHandshake(options, self, RandomNumberGenerator.GetBytes(HandshakeCodec.NonceBytes));
        byte[] challenge = handshake.Challenge(await ReadAsync(transport, FrameKind.Hello, token).ConfigureAwait(false));
        await SendAsync(transport, FrameKind.Challenge, challenge, token).ConfigureAwait(false);
        handshake.Verify(await ReadAsync(transport, FrameKind.Proof, token).ConfigureAwait(false));
        return handshake;
    }

    /// <summary>Sends one frame.</summary>
    public static async Task SendAsync(IPeerTransport transport, FrameKind kind, byte[] body, CancellationToken token)
    {
        PipeWriter output = transport.Output;
        FrameHeader.Write(output.GetSpan(FrameHeader.Bytes), kind, body.Length, more: false);
        output.Advance(FrameHeader.Bytes);
        output.Write(body);
        await output.FlushAsync(token).ConfigureAwait(false);
    }

    /// <summary>Tells the other side why the handshake ends, if it takes that soon.</summary>
    public async Task RefuseAsync(IPeerTransport transport, HandshakeException error)
    {
        using var limit = new CancellationTokenSource(RefusalLimit, time);
        try
        {
            byte[] message = HandshakeCodec.Write(new RefusalMessage { Problem = error.Problem, Reason = error.Message });
            await SendAsync(transport, FrameKind.Refusal, message, limit.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            transport.Abort(error.Message);
        }
    }

    /// <summary>Reads one frame of a kind; null when the connection ends before it.</summary>
    /// <exception cref="HandshakeException">It is another frame, too long, or the other side's refusal.</exception>
    public async Task<byte[]?> TryReadAsync(IPeerTransport transport, FrameKind kind, CancellationToken token)
    {
        PipeReader input = transport.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync(token).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            OperationStatus status = FrameHeader.TryRead(ref buffer, options.MaxHandshakeBytes, out FrameKind read, out bool more, out ReadOnlySequence<byte> body);
            if (status == OperationStatus.InvalidData)
            {
                throw IsTls(buffer)
                    ? new HandshakeException(HandshakeProblem.Tls, $"The other side encrypts its connections, and this silo does not. {SameCertificates}")
                    : new HandshakeException(HandshakeProblem.Malformed, "What arrives is no handshake of a silo.");
            }

            byte[]? bytes = status == OperationStatus.Done ? body.ToArray() : null;
            input.AdvanceTo(buffer.Start, bytes is null ? buffer.End : buffer.Start);
            if (bytes is null)
            {
                if (result.IsCompleted)
                {
                    return null;
                }

                continue;
            }

            if (read == FrameKind.Refusal)
            {
                RefusalMessage refusal = HandshakeCodec.Read<RefusalMessage>(bytes);
                throw new HandshakeException(refusal.Problem, refusal.Reason);
            }

            return read == kind && !more ? bytes : throw new HandshakeException(HandshakeProblem.Malformed, $"A frame of kind {(byte)read} came in place of {kind}.");
        }
    }

    private async Task<byte[]> ReadAsync(IPeerTransport transport, FrameKind kind, CancellationToken token) =>
        await TryReadAsync(transport, kind, token).ConfigureAwait(false)
        ?? throw new HandshakeException(
            HandshakeProblem.Malformed,
            $"The connection ended before the {kind} frame.{(kind is FrameKind.Challenge ? $" Perhaps only one of the two encrypts. {SameCertificates}" : "")}");

    /// <summary>A record of TLS, its greeting or an alert, in the place of the first frame.</summary>
    private static bool IsTls(ReadOnlySequence<byte> bytes) => bytes.Slice(0, 2).ToArray() is [0x15 or 0x16, 0x03];
}
