namespace Actors.Log;

/// <summary>Names one replica's log within a data directory. Never used twice there: a topic that is deleted and created again gets new ids.</summary>
/// <param name="Value">1 and up, in the order of creation.</param>
public readonly record struct LogId(long Value) : IComparable<LogId>
{
    public int CompareTo(LogId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(LogId left, LogId right) => left.Value < right.Value;

    public static bool operator >(LogId left, LogId right) => left.Value > right.Value;

    public static bool operator <=(LogId left, LogId right) => left.Value <= right.Value;

    public static bool operator >=(LogId left, LogId right) => left.Value >= right.Value;
}
