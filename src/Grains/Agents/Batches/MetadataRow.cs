namespace Actors.Grains.Agents;

/// <summary>A value that an agent measured. The newest counts, by the silo's clock: agents' clocks are wrong.</summary>
public sealed record MetadataRow : IBatchRow<MetadataKey, MetadataRow>
{
    /// <summary>Bytes of UTF-8 that are kept of a value and of an error.</summary>
    public const int MaxTextBytes = 2_048;

    /// <summary>Bytes of UTF-8 that are kept of a name: what every store's index takes.</summary>
    public const int MaxNameBytes = 1_024;

    /// <summary>What an error says when the value was longer.</summary>
    public const string ValueTooLong = "the value is longer than 2048 bytes and was cut";

    private MetadataRow()
    {
    }

    /// <inheritdoc/>
    public MetadataKey Key { get; private init; }

    /// <summary>The value; at most <see cref="MaxTextBytes"/>.</summary>
    public string Value { get; private init; } = "";

    /// <summary>Why there is none, or not all of it; empty when all is well. At most <see cref="MaxTextBytes"/>.</summary>
    public string Error { get; private init; } = "";

    /// <summary>When the silo heard of it, milliseconds since 1970-01-01 UTC.</summary>
    public long CollectedAtUtcMs { get; private init; }

    /// <inheritdoc/>
    public int Bytes => 128 + (2 * (Key.Name.Length + Value.Length + Error.Length));

    /// <summary>A value as an agent reported it, cut to what is kept.</summary>
    public static MetadataRow Create(Guid agent, string name, string? value, string? error, long nowUtcMs)
    {
        ArgumentNullException.ThrowIfNull(name);
        var kept = StoredText.Cut(StoredText.Of(value ?? ""), MaxTextBytes);
        var problem = StoredText.Cut(StoredText.Of(error ?? ""), MaxTextBytes);
        return new MetadataRow
        {
            Key = new MetadataKey(agent, StoredText.Cut(StoredText.Of(name), MaxNameBytes)),
            Value = kept,
            Error = problem.Length == 0 && kept.Length < (value?.Length ?? 0) ? ValueTooLong : problem,
            CollectedAtUtcMs = nowUtcMs,
        };
    }

    /// <inheritdoc/>
    public MetadataRow MergeWith(MetadataRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.CollectedAtUtcMs != CollectedAtUtcMs)
            return other.CollectedAtUtcMs > CollectedAtUtcMs ? other : this;
        var order = string.CompareOrdinal(other.Value, Value);
        return (order != 0 ? order : string.CompareOrdinal(other.Error, Error)) > 0 ? other : this;
    }
}
