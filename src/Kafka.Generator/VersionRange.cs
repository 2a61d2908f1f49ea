using System.Globalization;

namespace Actors.Kafka.Generator;

/// <summary>An inclusive range of versions; a range without an end has <see cref="Open"/> as its high end.</summary>
internal readonly struct VersionRange(int low, int high) : IEquatable<VersionRange>
{
    public const int Open = short.MaxValue;

    public int Low { get; } = low;

    public int High { get; } = high;

    public bool IsEmpty => Low > High;

    public static VersionRange None => new(1, 0);

    /// <summary>Parses <c>3</c>, <c>3-7</c> or <c>3+</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = None;
        if (text.Length == 0)
        {
            return false;
        }

        if (text[text.Length - 1] == '+')
        {
            if (!TryParseVersion(text.Substring(0, text.Length - 1), out var from))
            {
                return false;
            }

            range = new VersionRange(from, Open);
            return true;
        }

        var dash = text.IndexOf('-');
        var lowText = dash < 0 ? text : text.Substring(0, dash);
        var highText = dash < 0 ? text : text.Substring(dash + 1);
        if (!TryParseVersion(lowText, out var low) || !TryParseVersion(highText, out var high) || low > high)
        {
            return false;
        }

        range = new VersionRange(low, high);
        return true;
    }

    public bool Contains(int version) => version >= Low && version <= High;

    public VersionRange Intersect(VersionRange other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    public bool Equals(VersionRange other) => Low == other.Low && High == other.High;

    public override bool Equals(object? obj) => obj is VersionRange other && Equals(other);

    public override int GetHashCode() => (Low * 31) + High;

    public override string ToString() =>
        High == Open ? $"{Low}+" : Low == High ? Low.ToString(CultureInfo.InvariantCulture) : $"{Low}-{High}";

    private static bool TryParseVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version < Open;
}
