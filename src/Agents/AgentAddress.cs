using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Actors.Agents;

/// <summary>The one address that a peer may announce: 48 bits that all have in common, and the first 80 bits of its id.</summary>
/// <remarks>The common part is a unique local prefix (RFC 4193): fd, and "actor" in ASCII.</remarks>
public static class AgentAddress
{
    private const int Bytes = 16;
    private const int CommonBytes = 6;

    private static ReadOnlySpan<byte> Common => [0xFD, (byte)'a', (byte)'c', (byte)'t', (byte)'o', (byte)'r'];

    /// <summary>The address of a peer.</summary>
    public static IPAddress Of(Guid peerId)
    {
        Span<byte> address = stackalloc byte[Bytes];
        Write(peerId, address);
        return new IPAddress(address);
    }

    /// <summary>Whether <paramref name="prefix"/> is the peer's own address with the length 128, in any spelling of it.</summary>
    /// <param name="prefix">UTF-8 text such as <c>fd61:6374:6f72:…/128</c>.</param>
    /// <param name="peerId">Whose address it has to be.</param>
    public static bool Belongs(ReadOnlySpan<byte> prefix, Guid peerId)
    {
        var slash = prefix.IndexOf((byte)'/');
        if (slash < 0 || !prefix[slash..].SequenceEqual("/128"u8))
            return false;
        Span<byte> own = stackalloc byte[Bytes];
        Span<byte> other = stackalloc byte[Bytes];
        Write(peerId, own);
        return (TryReadGroups(prefix[..slash], other) || TryReadAny(prefix[..slash], other)) && own.SequenceEqual(other);
    }

    /// <summary>Reads the usual spelling: groups of hexadecimal digits, of which a run that is zero may be left out. Without garbage, unlike <see cref="TryReadAny"/>.</summary>
    private static bool TryReadGroups(ReadOnlySpan<byte> text, Span<byte> address)
    {
        var (written, gapAt) = (0, -1);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == ':')
            {
                var isGap = text[at..].StartsWith("::"u8);
                if (isGap ? gapAt >= 0 : at == 0 || at + 1 == text.Length || text[at - 1] == ':')
                    return false;
                if (isGap)
                    gapAt = written;
                at += isGap ? 2 : 1;
                continue;
            }

            if (written == Bytes || !Utf8Parser.TryParse(text[at..], out ushort group, out var digits, 'x') || digits > 4)
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(address[written..], group);
            written += sizeof(ushort);
            at += digits;
            if (at < text.Length && text[at] != ':')
                return false;
        }

        if (gapAt < 0)
            return written == Bytes;
        if (written == Bytes)
            return false;
        var behind = address[gapAt..written];
        behind.CopyTo(address[(Bytes - behind.Length)..]);
        address[gapAt..(Bytes - behind.Length)].Clear();
        return true;
    }

    /// <summary>Reads every spelling, such as one with an IPv4 address at its end.</summary>
    private static bool TryReadAny(ReadOnlySpan<byte> text, Span<byte> address) =>
        IPAddress.TryParse(text, out var read) && read.AddressFamily == AddressFamily.InterNetworkV6 && read.ScopeId == 0 && read.TryWriteBytes(address, out _);

    private static void Write(Guid peerId, Span<byte> address)
    {
        Span<byte> id = stackalloc byte[Bytes];
        peerId.TryWriteBytes(id, bigEndian: true, out _);
        Common.CopyTo(address);
        id[..(Bytes - CommonBytes)].CopyTo(address[CommonBytes..]);
    }
}
