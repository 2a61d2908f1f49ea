using System.Diagnostics.Metrics;
using System.Text;
using Actors.Silo.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Actors.Silo.Tests.Telemetry;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("Actors.Test.Prometheus");
    private readonly PrometheusExporter _exporter = new();
    private readonly MeterProvider _provider;

    public PrometheusTextTests() => _provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(_meter.Name)
        .AddView(instrument => BucketBounds.For(instrument) is { } bounds ? new ExplicitBucketHistogramConfiguration { Boundaries = bounds } : null)
        .AddReader(new BaseExportingMetricReader(_exporter))
        .Build();

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Names_stay_as_they_are()
    {
        _meter.CreateCounter<long>("produce_forward_count", "1", "Requests relayed.").Add(3);
        _meter.CreateUpDownCounter<long>("wal_queue_depth_gauge").Add(-2);
        _meter.CreateObservableGauge("temperature", () => 1.5);

        Assert.Equal(
            """
            # HELP produce_forward_count Requests relayed.
            # TYPE produce_forward_count counter
            produce_forward_count 3
            # TYPE temperature gauge
            temperature 1.5
            # TYPE wal_queue_depth_gauge gauge
            wal_queue_depth_gauge -2

            """,
            Scrape());
    }

    [Fact]
    public void What_the_format_lacks_is_replaced_and_escaped()
    {
        _meter.CreateCounter<double>("dotted.name/x-y", null, "One \\ two\nthree").Add(
            0.1, new("a.b", "say \"hi\"\\\n"), new("flag", true), new("none", null));

        Assert.Equal(
            """
            # HELP dotted_name_x_y One \\ two\nthree
            # TYPE dotted_name_x_y counter
            dotted_name_x_y{a_b="say \"hi\"\\\n",flag="true",none=""} 0.1

            """,
            Scrape());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = _meter.CreateHistogram(
            "took_ms", "ms", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2.5, 10] });
        foreach (var value in (double[])[0.5, 1, 2, 99]) histogram.Record(value, new KeyValuePair<string, object?>("acks", -1));

        Assert.Equal(
            """
            # TYPE took_ms histogram
            took_ms_bucket{acks="-1",le="1"} 2
            took_ms_bucket{acks="-1",le="2.5"} 3
            took_ms_bucket{acks="-1",le="10"} 3
            took_ms_bucket{acks="-1",le="+Inf"} 4
            took_ms_sum{acks="-1"} 102.5
            took_ms_count{acks="-1"} 4

            """,
            Scrape());
    }

    [Theory]
    [InlineData("ms", 0.05, 10_000)]
    [InlineData("us", 1, 1_000_000)]
    [InlineData("s", 0.000_05, 60)]
    [InlineData("By", 256, 67_108_864)]
    [InlineData("{rows}", 1, 16_384)]
    public void Buckets_fit_the_unit(string unit, double least, double most)
    {
        var bounds = BucketBounds.For(_meter.CreateHistogram<double>("h", unit))!;

        Assert.Equal((least, most), (bounds[0], bounds[^1]));
        Assert.Equal(bounds.Order().Distinct(), bounds);
        Assert.Null(BucketBounds.For(_meter.CreateCounter<long>("c", unit)));
    }

    [Fact]
    public void A_name_that_two_meters_share_has_one_header()
    {
        using var other = new Meter(_meter.Name, "2");
        _meter.CreateCounter<long>("shared").Add(1, new KeyValuePair<string, object?>("from", "a"));
        other.CreateCounter<long>("shared").Add(2, new KeyValuePair<string, object?>("from", "b"));
        _meter.CreateCounter<long>("zebra").Add(1);

        var lines = Scrape().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("# TYPE shared counter", lines[0]);
        Assert.Equal(["shared{from=\"a\"} 1", "shared{from=\"b\"} 2"], lines[1..3].Order());
        Assert.Equal("# TYPE zebra counter", lines[3]);
    }

    [Fact]
    public async Task Many_may_ask_at_once()
    {
        _meter.CreateCounter<long>("asked").Add(1);

        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(Scrape)));

        Assert.All(texts, text => Assert.Equal("# TYPE asked counter\nasked 1\n", text));
    }

    private string Scrape() => Encoding.UTF8.GetString(_exporter.Scrape()!);
}
