using System.Diagnostics.Metrics;

namespace Actors.Silo.Telemetry;

/// <summary>Bucket bounds for histograms whose component gives none, by the instrument's unit.</summary>
public static class BucketBounds
{
    private static readonly double[] Milliseconds =
        [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    private static readonly double[] Microseconds =
        [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 1_000_000];

    private static readonly double[] Seconds =
        [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] Bytes =
        [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    private static readonly double[] Counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384];

    /// <summary>The bounds for an instrument; null when it brings its own, or is no histogram.</summary>
    public static double[]? For(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        var type = instrument.GetType();
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Histogram<>) || HasOwn(instrument)) return null;
        return instrument.Unit switch
        {
            "ms" => Milliseconds,
            "us" => Microseconds,
            "s" => Seconds,
            "By" => Bytes,
            _ => Counts,
        };
    }

    private static bool HasOwn(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries is not null,
        Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries is not null,
        Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries is not null,
        Histogram<float> histogram => histogram.Advice?.HistogramBucketBoundaries is not null,
        _ => false,
    };
}
