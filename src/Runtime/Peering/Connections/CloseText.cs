using System.Buffers;
using System.Globalization;
using System.Text;

namespace Actors.Runtime.Peering;

/// <summary>
/// What a close frame says: the reason, as UTF-8, shortened, and shown without what could spoil a log; behind a zero byte, how many
/// requests its sender has taken, in digits. A build that knows no count shows it as a part of the reason.
/// </summary>
internal static class CloseText
{
    private const int MaxCharacters = 512;
    private const int MaxDigits = 19;

    public static byte[] Encode(string reason, long taken)
    {
        string text = (reason.Length <= MaxCharacters ? reason : reason[..MaxCharacters]).Replace('\0', ' ');
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text}\0{taken}"));
    }

    /// <returns>The reason, and the count when there is one.</returns>
    public static (string Reason, long? Taken) Decode(in ReadOnlySequence<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes.Slice(0, Math.Min(bytes.Length, (MaxCharacters * 4) + 1 + MaxDigits)));
        long? taken = null;
        int end = text.LastIndexOf('\0');
        if (end >= 0 && long.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            taken = count;
            text = text[..end];
        }

        return (string.Concat(text.Take(MaxCharacters).Select(static one => char.IsControl(one) ? ' ' : one)), taken);
    }
}
