namespace Actors.Storage.Heat;

/// <summary>What is known of a volume's heat.</summary>
/// <param name="Iops">Operations per second over the window; null when it is not known, which is not the same as 0.</param>
/// <param name="Unknown">Why it is not known; null when it is.</param>
/// <param name="AtMs">When it was asked for, in milliseconds since 1970.</param>
public readonly record struct HeatReading(double? Iops, string? Unknown, long AtMs)
{
    /// <summary>Puts the answers to one <see cref="HeatQuery"/> together for a volume.</summary>
    /// <param name="volume">As the label names it.</param>
    /// <param name="query">What was asked.</param>
    /// <param name="iops">The answer to its query for operations.</param>
    /// <param name="coverage">The answer to its query for coverage.</param>
    /// <param name="age">The answer to its query for age.</param>
    /// <param name="options">What is believed.</param>
    /// <param name="atMs">When it was asked.</param>
    public static HeatReading Of(string volume, HeatQuery query, PrometheusAnswer iops, PrometheusAnswer coverage, PrometheusAnswer age, HeatOptions options, long atMs)
    {
        if ((iops.Error ?? coverage.Error ?? age.Error) is { } error) return new(null, error, atMs);
        if (iops.Find(volume) is not { } value) return new(null, Absence(iops, options), atMs);
        var oldestSeconds = options.ScrapeInterval.TotalSeconds * options.MaxAgeScrapes;
        if (age.Find(volume) is not { } seconds || seconds > oldestSeconds)
            return new(null, FormattableString.Invariant($"the last sample is {(age.Find(volume) is { } old ? $"{old:0} s old" : "gone")}; at most {oldestSeconds:0} s are believed"), atMs);
        var expected = query.Window.Ticks / Math.Max(1, options.ScrapeInterval.Ticks);
        if (coverage.Find(volume) is not { } samples || samples * 100 < expected * (double)options.MinCoveragePercent)
            return new(null, FormattableString.Invariant($"{coverage.Find(volume) ?? 0} samples of {expected} are there; {options.MinCoveragePercent} % are needed"), atMs);
        return new(value, null, atMs);
    }

    private static string Absence(PrometheusAnswer iops, HeatOptions options) => iops switch
    {
        { Count: > 0 } => "there is no value of it",
        { LeftOut: > 0 } => FormattableString.Invariant($"none of {iops.LeftOut} series has a value and the label {options.VolumeLabel}"),
        _ => $"no volume has a value; look at the exporter, and whether {string.Join(" and ", options.Metrics)} are the metrics' names",
    };
}
