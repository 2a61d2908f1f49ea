using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Actors.Grains.Agents;

/// <summary>
/// Issues and reads tokens: claims with an HMAC-SHA256 by a key that all silos share. A silo that knows several keys reads what any of
/// them signed, and signs with the newest, so keys can be changed without a moment at which tokens fail. Safe to use from any thread.
/// </summary>
/// <remarks>
/// Base64url of, in big-endian order: version 1 (1 byte), kind (1), key number (4), token id (16), subject (16), expiry in milliseconds
/// since 1970 (8), all agents (1), number of agents (2), agents (16 each), HMAC of everything before (32).
/// </remarks>
public sealed class AgentTokens
{
    /// <summary>Agents that one token can name.</summary>
    public const int MaxAgents = 256;

    /// <summary>Bytes of a key, at least.</summary>
    public const int MinKeyBytes = 32;

    private const byte Version = 1;
    private const int HeadBytes = 49;
    private const int IdBytes = 16;

    private readonly Dictionary<uint, byte[]> _keys;
    private readonly uint _newest;

    /// <summary>Tokens of these keys, by number; the highest number is the newest.</summary>
    /// <exception cref="ArgumentException">There is no key, or one is shorter than <see cref="MinKeyBytes"/>.</exception>
    public AgentTokens(IReadOnlyDictionary<uint, byte[]> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0 || keys.Values.Any(key => key.Length < MinKeyBytes))
            throw new ArgumentException($"There is at least one key, and each has at least {MinKeyBytes} bytes.", nameof(keys));
        _keys = keys.ToDictionary();
        _newest = keys.Keys.Max();
    }

    /// <summary>A token that says this.</summary>
    public string Issue(AgentTokenClaims claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claims.Agents.Count, MaxAgents);
        var bytes = new byte[HeadBytes + (claims.Agents.Count * IdBytes) + HMACSHA256.HashSizeInBytes];
        var body = bytes.AsSpan(..^HMACSHA256.HashSizeInBytes);
        body[0] = Version;
        body[1] = (byte)claims.Kind;
        BinaryPrimitives.WriteUInt32BigEndian(body[2..], _newest);
        claims.TokenId.TryWriteBytes(body[6..], bigEndian: true, out _);
        claims.Subject.TryWriteBytes(body[22..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(body[38..], claims.ExpiresAtUtcMs);
        body[46] = claims.IsForAllAgents ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(body[47..], (ushort)claims.Agents.Count);
        for (var index = 0; index < claims.Agents.Count; index++)
            claims.Agents[index].TryWriteBytes(body[(HeadBytes + (index * IdBytes))..], bigEndian: true, out _);
        HMACSHA256.HashData(_keys[_newest], body, bytes.AsSpan(body.Length));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a token.</summary>
    /// <param name="token">What somebody sent; anything.</param>
    /// <param name="kind">What it has to be good for.</param>
    /// <param name="nowUtcMs">The time, milliseconds since 1970-01-01 UTC.</param>
    /// <param name="claims">What it says; null unless it is taken.</param>
    public AgentTokenRefusal Read(ReadOnlySpan<char> token, AgentTokenKind kind, long nowUtcMs, out AgentTokenClaims? claims)
    {
        claims = null;
        const int MaxBytes = HeadBytes + (MaxAgents * IdBytes) + HMACSHA256.HashSizeInBytes;
        if (token.Length > Base64Url.GetEncodedLength(MaxBytes) || !Ascii.IsValid(token))
            return AgentTokenRefusal.Unknown;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(token.Length)];
        if (Base64Url.DecodeFromChars(token, bytes, out _, out var length) != OperationStatus.Done || !IsSigned(bytes.AsSpan(0, length)))
            return AgentTokenRefusal.Unknown;
        ReadOnlySpan<byte> body = bytes.AsSpan(0, length - HMACSHA256.HashSizeInBytes);
        var count = BinaryPrimitives.ReadUInt16BigEndian(body[47..]);
        if (body.Length != HeadBytes + (count * IdBytes))
            return AgentTokenRefusal.Unknown;
        if (body[1] != (byte)kind)
            return AgentTokenRefusal.WrongKind;
        var expiresAtUtcMs = BinaryPrimitives.ReadInt64BigEndian(body[38..]);
        if (nowUtcMs >= expiresAtUtcMs)
            return AgentTokenRefusal.Expired;
        var agents = new Guid[count];
        for (var index = 0; index < count; index++)
            agents[index] = new Guid(body.Slice(HeadBytes + (index * IdBytes), IdBytes), bigEndian: true);
        claims = new AgentTokenClaims
        {
            Kind = kind,
            TokenId = new Guid(body.Slice(6, IdBytes), bigEndian: true),
            Subject = new Guid(body.Slice(22, IdBytes), bigEndian: true),
            ExpiresAtUtcMs = expiresAtUtcMs,
            IsForAllAgents = body[46] == 1,
            Agents = agents,
        };
        return AgentTokenRefusal.None;
    }

    private bool IsSigned(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes + HMACSHA256.HashSizeInBytes || bytes[0] != Version
            || !_keys.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]), out var key))
        {
            return false;
        }

        var body = bytes[..^HMACSHA256.HashSizeInBytes];
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, body, signature);
        return CryptographicOperations.FixedTimeEquals(signature, bytes[body.Length..]);
    }
}
