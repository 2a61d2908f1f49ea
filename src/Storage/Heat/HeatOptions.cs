namespace Actors.Storage.Heat;

/// <summary>Where heat comes from and when it is believed.</summary>
public sealed record HeatOptions
{
    /// <summary>Names of the metrics whose sum is a volume's operations per second.</summary>
    /// <remarks>Source: OpenEBS' page on monitoring replicated volumes; those two are counters though they call themselves gauges.</remarks>
    public IReadOnlyList<string> Metrics { get; init; } = ["volume_num_read_ops", "volume_num_write_ops"];

    /// <summary>What they count.</summary>
    public HeatMetricKind Kind { get; init; } = HeatMetricKind.Counter;

    /// <summary>The label that names the volume.</summary>
    public string VolumeLabel { get; init; } = "pv_name";

    /// <summary>How often Prometheus asks for the metrics.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of a window's samples there must be. Percent, 1 to 100.</summary>
    public int MinCoveragePercent { get; init; } = 80;

    /// <summary>How old the last sample may be. Scrape intervals.</summary>
    public int MaxAgeScrapes { get; init; } = 2;

    /// <summary>Series that are read of an answer; an answer with more is no answer.</summary>
    public int MaxSeries { get; init; } = 100_000;
}
