using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Actors.Agents.Frames;

/// <summary>
/// Looks through a node record and keeps nothing of it: the hub hands the record on as the peer wrote it, so it only has to be sure
/// that it is one, and that its addresses are the peer's own.
/// </summary>
internal static class NodeReader
{
    private const int KeyBytes = 32;

    /// <summary>No spelling of an IPv6 address and a length is longer.</summary>
    private const int MaxPrefixBytes = 64;

    private static readonly string[] Names =
        ["key", "disco", "preferredRelay", "relayLatency", "relayForcedWebsocket", "addresses", "allowedIps", "endpoints"];

    /// <summary>Reads the value that the reader stands at, to its last brace.</summary>
    public static FrameProblem? Read(ref Utf8JsonReader json, Guid peerId, AgentLimits limits)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return Bad("updateNode", "is an object");
        var seen = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = IndexOf(ref json);
            if (field < 0)
                return Bad($"updateNode.{FrameText.Show(ref json)}", "is no field");
            if ((seen & (1 << field)) != 0)
                return Bad($"updateNode.{Names[field]}", "is there twice");
            seen |= 1 << field;
            json.Read();
            if (!IsGood(ref json, field, peerId, limits, out var entry))
                return Bad(entry < 0 ? $"updateNode.{Names[field]}" : $"updateNode.{Names[field]}[{entry}]", RuleOf(field));
        }

        return (seen & 1) == 0 ? Bad("updateNode.key", "is missing") : null;
    }

    /// <param name="json">At the field's value.</param>
    /// <param name="field">Which.</param>
    /// <param name="peerId">Whose record it is.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="entry">The entry of a list or map that is not good; less than 0 when it is the whole.</param>
    private static bool IsGood(ref Utf8JsonReader json, int field, Guid peerId, AgentLimits limits, out int entry)
    {
        entry = -1;
        return field switch
        {
            0 => IsKey(ref json),
            1 => FrameText.IsGood(ref json, limits.MaxNodeTextBytes),
            2 => json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var relay) && relay is >= 0 and <= ushort.MaxValue,
            3 => IsMap(ref json, limits, numbers: true, ref entry),
            4 => IsMap(ref json, limits, numbers: false, ref entry),
            5 or 6 => IsList(ref json, limits, peerId, ref entry),
            _ => IsList(ref json, limits, null, ref entry),
        };
    }

    private static bool IsKey(ref Utf8JsonReader json)
    {
        // Base64 of 32 bytes has 44 characters; writers may escape each of them.
        Span<byte> text = stackalloc byte[44 * 6];
        Span<byte> key = stackalloc byte[KeyBytes + 1];
        return FrameText.Copy(ref json, text) == 44
            && Base64.DecodeFromUtf8(text[..44], key, out _, out var length) == System.Buffers.OperationStatus.Done
            && length == KeyBytes;
    }

    private static bool IsMap(ref Utf8JsonReader json, AgentLimits limits, bool numbers, ref int entry)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (++entry >= limits.MaxNodeEntries || !FrameText.IsGoodName(ref json, limits.MaxNodeTextBytes))
                return false;
            var isNumber = Utf8Parser.TryParse(json.ValueSpan, out int relay, out var used) && used == json.ValueSpan.Length && relay >= 0;
            json.Read();
            if (numbers ? !IsSeconds(ref json) : !isNumber || !FrameText.IsGood(ref json, limits.MaxNodeTextBytes))
                return false;
        }

        return true;
    }

    private static bool IsSeconds(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var seconds) && double.IsFinite(seconds) && seconds >= 0;

    private static bool IsList(ref Utf8JsonReader json, AgentLimits limits, Guid? owner, ref int entry)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return false;
        Span<byte> prefix = stackalloc byte[MaxPrefixBytes];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (++entry >= limits.MaxNodeEntries)
                return false;
            if (owner is { } peerId)
            {
                var length = FrameText.Copy(ref json, prefix);
                if (length < 0 || !AgentAddress.Belongs(prefix[..length], peerId))
                    return false;
            }
            else if (!FrameText.IsGood(ref json, limits.MaxNodeTextBytes))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where the name stands in <see cref="Names"/>; -1 when it does not.</summary>
    private static int IndexOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("key"u8))
            return 0;
        if (json.ValueTextEquals("disco"u8))
            return 1;
        if (json.ValueTextEquals("preferredRelay"u8))
            return 2;
        if (json.ValueTextEquals("relayLatency"u8))
            return 3;
        if (json.ValueTextEquals("relayForcedWebsocket"u8))
            return 4;
        if (json.ValueTextEquals("addresses"u8))
            return 5;
        if (json.ValueTextEquals("allowedIps"u8))
            return 6;
        return json.ValueTextEquals("endpoints"u8) ? 7 : -1;
    }

    private static string RuleOf(int field) => field switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"is {KeyBytes} bytes in base64"),
        1 => "is a string within the limit",
        2 => "is a whole number from 0 to 65535",
        3 => "is a map from names to seconds, within the limits",
        4 => "is a map from whole numbers to strings, within the limits",
        5 or 6 => "is a list of the peer's own address with /128, within the limit",
        _ => "is a list of strings, within the limits",
    };

    private static FrameProblem Bad(string field, string rule) => new(AgentCloseCode.BadMessage, field, rule);
}
