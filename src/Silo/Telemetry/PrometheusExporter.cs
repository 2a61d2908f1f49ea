using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Actors.Silo.Telemetry;

/// <summary>Hands all metrics, as Prometheus' text, to whoever asks. Safe to use from any thread; askers take turns.</summary>
[ExportModes(ExportModes.Pull)]
public sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const int FirstBufferBytes = 64 * 1024;

    private readonly Lock _turn = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(FirstBufferBytes);

    /// <summary>Set by the reader that this exporter belongs to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Whether a series is left out, by the name of its metric and its labels; null: all are shown. Asked in each scrape.</summary>
    public Func<string, ReadOnlyTagCollection, bool>? Hides { get; set; }

    /// <summary>The metrics of this moment.</summary>
    /// <returns>Null when they could not be collected.</returns>
    public byte[]? Scrape()
    {
        lock (_turn)
        {
            _buffer.ResetWrittenCount();
            return Collect?.Invoke(Timeout.Infinite) == true ? _buffer.WrittenSpan.ToArray() : null;
        }
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        List<Metric> metrics = [];
        foreach (var metric in batch) metrics.Add(metric);
        new PrometheusText(_buffer, Hides).Write(metrics);
        return ExportResult.Success;
    }
}
