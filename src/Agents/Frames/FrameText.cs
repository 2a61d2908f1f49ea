using System.Text.Json;
using System.Text.Unicode;

namespace Actors.Agents.Frames;

/// <summary>Strings of a frame, checked before anything is allocated for them.</summary>
internal static class FrameText
{
    /// <summary>Whether the reader stands at a string of at most <paramref name="maxBytes"/>.</summary>
    /// <exception cref="InvalidOperationException">It is not Unicode, such as half of a surrogate pair.</exception>
    public static bool IsGood(ref Utf8JsonReader json, int maxBytes)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length > maxBytes)
            return false;
        if (!json.ValueIsEscaped)
            return Utf8.IsValid(json.ValueSpan);
        _ = json.GetString();
        return true;
    }

    /// <summary>Whether the name that the reader stands at is one that a map may have.</summary>
    public static bool IsGoodName(ref Utf8JsonReader json, int maxBytes) =>
        json.ValueSpan.Length <= maxBytes && !json.ValueIsEscaped && Utf8.IsValid(json.ValueSpan);

    /// <summary>The name that the reader stands at, as it may be told to people: short, and of signs that mean nothing to a terminal or a log.</summary>
    public static string Show(ref Utf8JsonReader json)
    {
        const int MaxBytes = 32;
        var name = json.ValueSpan;
        var shown = string.Create(Math.Min(name.Length, MaxBytes), name, static (text, bytes) =>
        {
            for (var index = 0; index < text.Length; index++)
                text[index] = bytes[index] is > (byte)' ' and < 0x7f and not ((byte)'"' or (byte)'\\') ? (char)bytes[index] : '?';
        });
        return name.Length == 0 ? "\"\"" : name.Length > MaxBytes ? shown + "..." : shown;
    }

    /// <summary>Copies the string without its escapes; -1 when there is none or it does not fit, else its bytes.</summary>
    /// <exception cref="InvalidOperationException">It is not Unicode.</exception>
    public static int Copy(ref Utf8JsonReader json, scoped Span<byte> target) =>
        json.TokenType == JsonTokenType.String && json.ValueSpan.Length <= target.Length ? json.CopyString(target) : -1;
}
