namespace Actors.Grains;

/// <summary>
/// Where new ids come from: random bytes that the host passes in, a cryptographic generator in the product and a seeded
/// one in tests. Safe to use from any thread.
/// </summary>
public sealed class IdSource(IdSource.FillBytes fill)
{
    private readonly Lock _gate = new();

    /// <summary>Fills the whole span with random bytes; called by one thread at a time.</summary>
    public delegate void FillBytes(Span<byte> bytes);

    /// <summary>A random id of RFC 9562 version 4; never all zeros, and its first byte is not '-' in Kafka's base64 form.</summary>
    /// <remarks>Kafka keeps ids that begin with '-' out because command lines take them for an option (KIP-516).</remarks>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
        {
            do
            {
                fill(bytes);
            }
            while (bytes[0] >> 2 == Base64Dash);
        }

        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A random number in [0, <paramref name="exclusiveLimit"/>).</summary>
    public int NextInt(int exclusiveLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveLimit);
        Span<byte> bytes = stackalloc byte[4];
        lock (_gate)
        {
            fill(bytes);
        }

        return (int)(BitConverter.ToUInt32(bytes) % (uint)exclusiveLimit);
    }

    /// <summary>The sextet that base64url writes as '-'.</summary>
    private const int Base64Dash = 62;
}
