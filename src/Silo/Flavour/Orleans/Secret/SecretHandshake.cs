using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Actors.Silo.Flavour.Secret;

/// <summary>
/// What two silos say before Orleans' own first byte, so that each knows that the other has the cluster's secret. Who connects sends a
/// random number and gets one, proves first, and gets the other's proof; so a stranger who connects learns nothing to guess from.
/// </summary>
/// <remarks>A proof is HMAC-SHA-256 of a role and both numbers. What follows is neither encrypted nor bound to it.</remarks>
internal static class SecretHandshake
{
    /// <summary>Length of each of the four messages.</summary>
    public const int MessageBytes = 32;

    private static readonly byte[] Dialling = "dialling"u8.ToArray();

    private static readonly byte[] Listening = "listening"u8.ToArray();

    /// <summary>The part of the silo that connects.</summary>
    /// <returns>Whether the other has the secret; bytes that came after its proof are left in the pipe.</returns>
    public static async Task<bool> DialAsync(IDuplexPipe pipe, string secret, CancellationToken token)
    {
        var mine = RandomNumberGenerator.GetBytes(MessageBytes);
        await pipe.Output.WriteAsync(mine, token);
        if (await ReadAsync(pipe.Input, token) is not { } theirs) return false;
        await pipe.Output.WriteAsync(Proof(secret, Dialling, mine, theirs), token);
        return await ReadAsync(pipe.Input, token) is { } proof && CryptographicOperations.FixedTimeEquals(proof, Proof(secret, Listening, mine, theirs));
    }

    /// <summary>The part of the silo that is connected to.</summary>
    /// <inheritdoc cref="DialAsync" path="/returns"/>
    public static async Task<bool> ListenAsync(IDuplexPipe pipe, string secret, CancellationToken token)
    {
        if (await ReadAsync(pipe.Input, token) is not { } theirs) return false;
        var mine = RandomNumberGenerator.GetBytes(MessageBytes);
        await pipe.Output.WriteAsync(mine, token);
        if (await ReadAsync(pipe.Input, token) is not { } proof || !CryptographicOperations.FixedTimeEquals(proof, Proof(secret, Dialling, theirs, mine))) return false;
        await pipe.Output.WriteAsync(Proof(secret, Listening, theirs, mine), token);
        return true;
    }

    private static byte[] Proof(string secret, byte[] role, byte[] dialled, byte[] listened) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. role, .. dialled, .. listened]);

    /// <summary>Null when the pipe ends before.</summary>
    private static async Task<byte[]?> ReadAsync(PipeReader input, CancellationToken token)
    {
        var read = await input.ReadAtLeastAsync(MessageBytes, token);
        var buffer = read.Buffer;
        if (buffer.Length < MessageBytes)
        {
            input.AdvanceTo(buffer.Start, buffer.End);
            return null;
        }

        var message = buffer.Slice(0, MessageBytes);
        var bytes = message.ToArray();
        input.AdvanceTo(message.End);
        return bytes;
    }
}
