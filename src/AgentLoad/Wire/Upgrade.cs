using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Actors.Agents;

namespace Actors.AgentLoad.Wire;

/// <summary>The dial of a WebSocket: what is asked for, and what was answered.</summary>
/// <remarks>RFC 6455, 4.1. The sum of the key is what the protocol wants; it protects nothing.</remarks>
internal static class Upgrade
{
    private const string Suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The request.</summary>
    /// <param name="path">What is dialled.</param>
    /// <param name="host">The hub's host and port.</param>
    /// <param name="key">Sixteen random bytes in base64.</param>
    /// <param name="token">Who it is, or null.</param>
    /// <param name="resume">With which it is the same peer as before, or null.</param>
    /// <param name="traceParent">The trace that the dial belongs to (W3C trace context), or null.</param>
    public static byte[] Request(string path, string host, string key, string? token, string? resume, string? traceParent)
    {
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {AgentProtocol.SubProtocol}\r\n");
        if (token is not null)
            text.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {token}\r\n");
        if (resume is not null)
            text.Append(CultureInfo.InvariantCulture, $"Actors-Resume: {resume}\r\n");
        if (traceParent is not null)
            text.Append(CultureInfo.InvariantCulture, $"traceparent: {traceParent}\r\n");
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Reads an answer's head.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="key">The request's key.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>Bytes of the head; 0 while it is not whole.</returns>
    public static int TryRead(ReadOnlySpan<byte> bytes, string key, out UpgradeAnswer answer)
    {
        answer = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return 0;
        var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        var status = lines[0].Split(' ') is [_, var code, ..] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var body = Encoding.UTF8.GetString(bytes[(end + 4)..]);
        var isOurs = HeaderOf(lines, "Sec-WebSocket-Accept") == AcceptOf(key) && HeaderOf(lines, "Sec-WebSocket-Protocol") == AgentProtocol.SubProtocol;
        int? retryAfterMs = int.TryParse(HeaderOf(lines, "Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, 3_600) * 1_000 : null;
        answer = new UpgradeAnswer(status, status == 101 && isOurs, retryAfterMs, status == 101 ? "" : body);
        return end + 4;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6455 says so; nothing is kept secret with it.")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Suffix)));

    private static string? HeaderOf(string[] lines, string name) => lines.Skip(1)
        .Where(line => line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
