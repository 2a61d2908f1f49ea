using System.Net;
using System.Net.Sockets;

namespace Actors.Agents;

/// <summary>The one address that a peer may announce: 48 bits that all have in common, and the first 80 bits of its id.</summary>
/// <remarks>The common part is a unique local prefix (RFC 4193): fd, and "actor" in ASCII.</remarks>
public static class AgentAddress
{
    private const int CommonBytes = 6;

    private static ReadOnlySpan<byte> Common => [0xFD, (byte)'a', (byte)'c', (byte)'t', (byte)'o', (byte)'r'];

    /// <summary>The address of a peer.</summary>
    public static IPAddress Of(Guid peerId)
    {
        Span<byte> address = stackalloc byte[16];
        Write(peerId, address);
        return new IPAddress(address);
    }

    /// <summary>Whether <paramref name="prefix"/> is the peer's own address with the length 128, in any spelling of it.</summary>
    /// <param name="prefix">UTF-8 text such as <c>fd61:6374:6f72:…/128</c>.</param>
    /// <param name="peerId">Whose address it has to be.</param>
    public static bool Belongs(ReadOnlySpan<byte> prefix, Guid peerId)
    {
        var slash = prefix.IndexOf((byte)'/');
        if (slash < 0 || !prefix[slash..].SequenceEqual("/128"u8)
            || !IPAddress.TryParse(prefix[..slash], out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0)
        {
            return false;
        }

        Span<byte> own = stackalloc byte[16];
        Span<byte> other = stackalloc byte[16];
        Write(peerId, own);
        return address.TryWriteBytes(other, out _) && own.SequenceEqual(other);
    }

    private static void Write(Guid peerId, Span<byte> address)
    {
        Span<byte> id = stackalloc byte[16];
        peerId.TryWriteBytes(id, bigEndian: true, out _);
        Common.CopyTo(address);
        id[..(16 - CommonBytes)].CopyTo(address[CommonBytes..]);
    }
}
