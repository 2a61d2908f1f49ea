namespace Orleans;

/// <summary>The number of a membership table's state, which grows by one with every change, and the ETag to change it with.</summary>
[Immutable]
public sealed class TableVersion : ISpanFormattable, IEquatable<TableVersion>
{
    public TableVersion(int version, string eTag)
    {
        Version = version;
        VersionEtag = eTag;
    }

    public int Version { get; }

    /// <summary>What a table compares with its own when it is asked to change.</summary>
    public string VersionEtag { get; }

    /// <summary>The version that follows; it keeps the ETag of the one that it replaces.</summary>
    public TableVersion Next() => new(Version + 1, VersionEtag);

    public bool Equals(TableVersion? other) => other is not null && Version == other.Version && VersionEtag == other.VersionEtag;

    public override bool Equals(object? obj) => Equals(obj as TableVersion);

    public override int GetHashCode() => HashCode.Combine(Version, VersionEtag);

    public static bool operator ==(TableVersion? left, TableVersion? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(TableVersion? left, TableVersion? right) => !(left == right);

    public override string ToString() => $"<{Version}, {VersionEtag}>";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"<{Version}, {VersionEtag}>", out charsWritten);
}
