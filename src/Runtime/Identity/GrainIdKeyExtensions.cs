using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Orleans.Runtime;

/// <summary>Numbers and GUIDs as grain keys: hexadecimal text, with an optional <c>+extension</c>.</summary>
public static class GrainIdKeyExtensions
{
    /// <summary>The key of a grain that is named by a number: its hexadecimal text.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>The key of a grain that is named by a GUID: its 32 digits.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>The number that names the grain; false when it is named otherwise.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        ReadOnlySpan<byte> digits = Split(grainId, out keyExt);
        return Utf8Parser.TryParse(digits, out key, out int used, 'X') && used == digits.Length && used > 0;
    }

    /// <summary>The number that names the grain.</summary>
    /// <exception cref="ArgumentException">It is named otherwise.</exception>
    public static long GetIntegerKey(this GrainId grainId) =>
        TryGetIntegerKey(grainId, out long key, out _) ? key : throw new ArgumentException($"The key of {grainId} is not a number.", nameof(grainId));

    /// <summary>The GUID that names the grain; false when it is named otherwise.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        ReadOnlySpan<byte> digits = Split(grainId, out keyExt);
        return Utf8Parser.TryParse(digits, out key, out int used, 'N') && used == digits.Length;
    }

    /// <summary>The GUID that names the grain.</summary>
    /// <exception cref="ArgumentException">It is named otherwise.</exception>
    public static Guid GetGuidKey(this GrainId grainId) =>
        TryGetGuidKey(grainId, out Guid key, out _) ? key : throw new ArgumentException($"The key of {grainId} is not a GUID.", nameof(grainId));

    private static ReadOnlySpan<byte> Split(GrainId grainId, out string? extension)
    {
        ReadOnlySpan<byte> key = grainId.Key.AsSpan();
        int plus = key.IndexOf((byte)'+');
        extension = plus < 0 ? null : Encoding.UTF8.GetString(key[(plus + 1)..]);
        return plus < 0 ? key : key[..plus];
    }
}
