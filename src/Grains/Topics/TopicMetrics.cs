using System.Diagnostics.Metrics;

namespace Actors.Grains.Topics;

/// <summary>How long changes of metadata take.</summary>
public sealed class TopicMetrics
{
    public const string MeterName = "Actors.Topics";

    private readonly Histogram<double> _propose;
    private readonly Histogram<double> _apply;

    public TopicMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _propose = meter.CreateHistogram<double>("metadata_propose_duration_ms", "ms", "A metadata change until the store has it, in milliseconds.");
        _apply = meter.CreateHistogram<double>("metadata_apply_duration_ms", "ms", "A metadata change until this silo has applied it, in milliseconds.");
    }

    internal void Proposed(TimeSpan duration) => _propose.Record(duration.TotalMilliseconds);

    internal void Applied(TimeSpan duration) => _apply.Record(duration.TotalMilliseconds);
}
