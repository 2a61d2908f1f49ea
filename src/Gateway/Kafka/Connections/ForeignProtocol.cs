using System.Buffers.Binary;
using System.Globalization;

namespace Actors.Gateway.Kafka;

/// <summary>Guesses what somebody speaks who does not speak Kafka, so that the log can say it.</summary>
internal static class ForeignProtocol
{
    private const byte TlsHandshake = 0x16;

    /// <summary>A word for what the first four bytes of a connection look like.</summary>
    public static string Guess(ReadOnlySpan<byte> first) => first switch
    {
        _ when first[0] == TlsHandshake && first[1] == 3 => "a TLS handshake (this listener is plain text)",
        _ when first.SequenceEqual("GET "u8) || first.SequenceEqual("POST"u8) || first.SequenceEqual("HEAD"u8) || first.SequenceEqual("PRI "u8) => "HTTP (the web page is on the HTTP port)",
        _ => string.Create(CultureInfo.InvariantCulture, $"a request of {BinaryPrimitives.ReadInt32BigEndian(first)} bytes"),
    };
}
