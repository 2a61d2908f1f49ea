using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Actors.Bench.Grains;

/// <summary>Takes what is collected and drops it, so that a benchmark runs with its metrics on.</summary>
internal sealed class DiscardingExporter : BaseExporter<Metric>
{
    public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
}
