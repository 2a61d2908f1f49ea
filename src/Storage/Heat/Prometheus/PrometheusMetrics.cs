using System.Diagnostics.Metrics;

namespace Actors.Storage.Heat.Prometheus;

/// <summary>What asking Prometheus costs.</summary>
public sealed class PrometheusMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Actors.Storage.Heat";

    private readonly Histogram<double> _seconds;

    /// <summary>Declares the instruments.</summary>
    public PrometheusMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _seconds = meters.Create(MeterName).CreateHistogram<double>(
            "actors_heat_query_seconds", "s", "One query of Prometheus, from the question to the answer's end, in seconds; by outcome: ok or failed.");
    }

    internal void Asked(TimeSpan took, bool isAnswered) => _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", isAnswered ? "ok" : "failed"));
}
