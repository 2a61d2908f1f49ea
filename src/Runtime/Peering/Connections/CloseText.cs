using System.Buffers;
using System.Text;

namespace Actors.Runtime.Peering;

/// <summary>The reason in a close frame, as UTF-8; shortened, and shown without what could spoil a log.</summary>
internal static class CloseText
{
    private const int MaxCharacters = 512;

    public static byte[] Encode(string reason) => Encoding.UTF8.GetBytes(reason.Length <= MaxCharacters ? reason : reason[..MaxCharacters]);

    public static string Decode(in ReadOnlySequence<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes.Slice(0, Math.Min(bytes.Length, MaxCharacters * 4)));
        return string.Concat(text.Take(MaxCharacters).Select(static one => char.IsControl(one) ? ' ' : one));
    }
}
