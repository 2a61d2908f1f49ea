using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Peering;

/// <summary>The bytes of a handshake: its messages, and the proofs over everything that was said.</summary>
internal static class HandshakeCodec
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 32;

    /// <summary>Bytes of a proof.</summary>
    public const int ProofBytes = HMACSHA256.HashSizeInBytes;

    private static readonly WireSerializer Serializer = new(new WireContext(CodecRegistry.Of(), new SerializationLimits { MaxDepth = 8, MaxElements = 64 }));

    public static byte[] Write<T>(T message)
        where T : class => Serializer.SerializeToArray(message);

    /// <exception cref="HandshakeException">The bytes are no such message.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : class
    {
        try
        {
            return Serializer.Deserialize<T>(bytes) ?? throw new HandshakeException(HandshakeProblem.Malformed, $"A handshake has no {typeof(T).Name}.");
        }
        catch (WireFormatException error)
        {
            throw new HandshakeException(HandshakeProblem.Malformed, $"A handshake's {typeof(T).Name} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>
    /// HMAC-SHA256 over the role of who proves and all frames so far, each behind its length: a proof fits one connection, one
    /// direction and one place in it.
    /// </summary>
    public static byte[] Prove(byte[] key, string role, params ReadOnlySpan<byte[]> frames)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes("actors peering, " + role));
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (byte[] frame in frames)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, frame.Length);
            hash.AppendData(length);
            hash.AppendData(frame);
        }

        return hash.GetHashAndReset();
    }

    /// <exception cref="HandshakeException">The proof is another.</exception>
    public static void Check(ReadOnlySpan<byte> proof, byte[] expected)
    {
        if (!CryptographicOperations.FixedTimeEquals(proof, expected))
        {
            throw new HandshakeException(HandshakeProblem.Secret, "The other side does not know this cluster's secret: give all silos of the cluster the same.");
        }
    }
}
