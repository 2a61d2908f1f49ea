using System.Text;
using System.Text.Unicode;

namespace Actors.Grains.Agents;

/// <summary>Text that every store takes.</summary>
internal static class StoredText
{
    /// <summary>The text, with a replacement character where it has a zero or half a character: some stores refuse those, and would refuse every row beside it.</summary>
    public static string Of(string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal) && IsWhole(text))
            return text;
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            kept.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return kept.ToString();
    }

    /// <summary>The longest beginning that fits, of whole characters.</summary>
    public static string Cut(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var bytes = new byte[maxBytes];
        Utf8.FromUtf16(text, bytes, out var characters, out _);
        return text[..characters];
    }

    private static bool IsWhole(string text)
    {
        for (var index = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); index < text.Length && index >= 0; index++)
        {
            if (char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
                index++;
            else if (char.IsSurrogate(text[index]))
                return false;
        }

        return true;
    }
}
