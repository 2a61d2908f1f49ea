using Actors.Grains.Partitions;
using Actors.Grains.Storage;
using Actors.Silo.Health;
using Actors.Silo.Hosting;
using Actors.Silo.Options;
using Actors.Storage.Heat.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Actors.Silo.Telemetry;

/// <summary>
/// OpenTelemetry for the silo: metrics for <c>/metrics</c> always, and metrics and traces by OTLP when
/// OTEL_EXPORTER_OTLP_ENDPOINT is set. Collects from the first moment on; what is left is sent when the silo stops.
/// </summary>
public sealed class SiloTelemetry : IHostedService
{
    /// <summary>Series that one instrument may have; further ones are summed up under one label. Memory is set aside for all.</summary>
    private const int SeriesPerInstrument = 2_000;

    /// <summary>Series of an instrument that has one for each partition, or for each group and partition.</summary>
    private const int SeriesPerPartitionInstrument = 20_000;

    private static readonly string[] PartitionPrefixes = ["actors_partition", "actors_replica", "actors_consumer_group"];

    private static readonly string[] Meters =
        ["Actors.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private static readonly string[] Sources = ["Actors.*", "Microsoft.Orleans.*", "Microsoft.AspNetCore"];

    private readonly OpenTelemetrySdk _sdk;
    private readonly SiloHealth _health;

    /// <summary>Starts to collect.</summary>
    /// <param name="exporter">Serves <c>/metrics</c>.</param>
    /// <param name="silo">Names the source of what is exported.</param>
    /// <param name="process">Is made so that its instruments exist.</param>
    /// <param name="replicas">Is made so that its instruments exist before the first partition is opened.</param>
    /// <param name="storage">Is made so that its instruments exist before the first policy comes.</param>
    /// <param name="heat">Is made so that its instruments exist before the first policy comes.</param>
    /// <param name="health">Told what is going on.</param>
    public SiloTelemetry(PrometheusExporter exporter, SiloIdentity silo, ProcessMetrics process, ReplicaMetrics replicas, StorageMetrics storage, PrometheusMetrics heat, SiloHealth health)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(replicas);
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(heat);
        _health = health;
        exporter.Hides = (metric, labels) => metric == StorageMetrics.ReconcileDurationName && !storage.Reconciles(PolicyOf(labels));
        var isExported = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ExportVariables.Endpoint));
        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.ConfigureResource(resource => resource.AddService("actors", serviceVersion: silo.Version, serviceInstanceId: silo.Name));
            builder.WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddView(View).AddReader(new BaseExportingMetricReader(exporter));
                if (isExported) metrics.AddOtlpExporter();
            });
            if (isExported) builder.WithTracing(static traces => traces.AddSource(Sources).AddOtlpExporter());
        });
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is left. A collector that does not answer holds up nobody longer than the stop allows.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _health.Enter("sending what was measured");
        return Task.Run(_sdk.Dispose, CancellationToken.None).WaitAsync(cancellationToken);
    }

    private static string PolicyOf(ReadOnlyTagCollection labels)
    {
        foreach (var label in labels)
        {
            if (label.Key == StorageMetrics.PolicyLabel) return label.Value as string ?? "";
        }

        return "";
    }

    private static MetricStreamConfiguration View(System.Diagnostics.Metrics.Instrument instrument)
    {
        var isPerPartition = Array.Exists(PartitionPrefixes, prefix => instrument.Name.StartsWith(prefix, StringComparison.Ordinal));
        var limit = isPerPartition ? SeriesPerPartitionInstrument : SeriesPerInstrument;
        return BucketBounds.For(instrument) is { } bounds
            ? new ExplicitBucketHistogramConfiguration { Boundaries = bounds, CardinalityLimit = limit }
            : new MetricStreamConfiguration { CardinalityLimit = limit };
    }
}
