using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>What a real Prometheus answers when a volume is well, strange, new, gone, or blind, and what is made of it.</summary>
public sealed class RealPrometheusTests(PrometheusFixture fixture) : IClassFixture<PrometheusFixture>, IAsyncDisposable
{
    private const int WindowSeconds = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly HeatOptions Gauges = new()
    {
        Metrics = ["openebs_volume_iops"],
        Kind = HeatMetricKind.Gauge,
        VolumeLabel = "volume_id",
        ScrapeInterval = PrometheusServer.ScrapeInterval,
    };

    private static readonly HeatOptions Counters = new() { ScrapeInterval = PrometheusServer.ScrapeInterval };

    private readonly TestMeters _meters = new();
    private readonly List<PrometheusHeatSource> _sources = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_gauge_that_is_there_is_known_and_so_is_one_that_is_0()
    {
        Assert.Equal(5_500, (await UntilAsync(Gauges, "hot-1", static heat => heat.Iops is not null)).Iops);
        Assert.Equal(0, (await UntilAsync(Gauges, "idle-1", static heat => heat.Iops is not null)).Iops);
    }

    [Fact]
    public async Task An_unknown_volume_is_unknown_though_the_answer_is_a_success()
    {
        await UntilAsync(Gauges, "hot-1", static heat => heat.Iops is not null);

        Assert.Empty(await fixture.Server.AskAsync("avg_over_time(openebs_volume_iops{volume_id=\"none\"}[6s])"));
        Assert.Equal("there is no value of it", (await ReadAsync(Gauges, "none")).Unknown);
    }

    [Fact]
    public async Task NaN_is_no_data()
    {
        await UntilAsync(Gauges, "hot-1", static heat => heat.Iops is not null);

        Assert.Equal("NaN", Assert.Single(await fixture.Server.AskAsync("avg_over_time(openebs_volume_iops{volume_id=\"odd\"}[6s])")).Value);
        Assert.Equal("there is no value of it", (await ReadAsync(Gauges, "odd")).Unknown);
    }

    [Fact]
    public async Task A_counter_has_a_rate_where_its_average_grows_for_ever()
    {
        // 2,000 reads and 1,000 writes each second; a rate is too low as long as the window begins before the series.
        Assert.InRange((await UntilAsync(Counters, "busy", static heat => heat.Iops > 2_900)).Iops!.Value, 2_900, 3_100);
        Assert.True(Number(await fixture.Server.AskAsync("avg_over_time(volume_num_read_ops{pv_name=\"busy\"}[6s])")) > 1_000_000);
    }

    [Fact]
    public async Task A_volume_that_lacks_one_of_its_metrics_is_unknown_and_not_half_as_hot()
    {
        await UntilAsync(Counters, "busy", static heat => heat.Iops > 2_900);

        Assert.InRange(Number(await fixture.Server.AskAsync("sum by (pv_name) (rate(volume_num_read_ops{pv_name=\"half\"}[6s]))")), 1_900, 2_100);
        Assert.Equal("the last sample is gone; at most 2 s are believed", (await ReadAsync(Counters, "half")).Unknown); // of the two together
    }

    [Fact]
    public async Task Defect_5_a_new_volume_is_unknown_until_its_window_is_covered()
    {
        await UntilAsync(Gauges, "hot-1", static heat => heat.Iops is not null);
        fixture.Appear();

        var thin = await UntilAsync(Gauges, "late", static heat => heat.Unknown != "there is no value of it");
        Assert.Matches("^[1-4] samples of 6 are there; 80 % are needed$", thin.Unknown);
        Assert.Equal("700", Assert.Single(await fixture.Server.AskAsync("avg_over_time(openebs_volume_iops{volume_id=\"late\"}[6s])")).Value);
        Assert.Equal(700, (await UntilAsync(Gauges, "late", static heat => heat.Iops is not null)).Iops);
    }

    [Fact]
    public async Task A_series_that_vanished_is_unknown_though_its_average_goes_on()
    {
        await UntilAsync(Gauges, "vanishing", static heat => heat.Iops is not null);
        fixture.Vanish();

        await UntilAsync(Gauges, "vanishing", static heat => heat is { Iops: null, Unknown: "the last sample is gone; at most 2 s are believed" });
        Assert.Equal("9000", Assert.Single(await fixture.Server.AskAsync("avg_over_time(openebs_volume_iops{volume_id=\"vanishing\"}[20s])")).Value);
        Assert.Empty(await fixture.Server.AskAsync("openebs_volume_iops{volume_id=\"vanishing\"}"));
    }

    [Fact]
    public async Task An_exporter_that_died_leaves_the_unknown_and_no_average_that_is_believed()
    {
        await UntilAsync(Gauges, "orphan", static heat => heat.Iops is not null);
        await fixture.Dying.DisposeAsync();

        await UntilAsync(Gauges, "orphan", static heat => heat is { Iops: null, Unknown: "the last sample is gone; at most 2 s are believed" });
        Assert.Equal("5500", Assert.Single(await fixture.Server.AskAsync("avg_over_time(openebs_volume_iops{volume_id=\"orphan\"}[20s])")).Value);
        Assert.Equal(0, Number(await fixture.Server.AskAsync("up{job=\"dying\"}")));
        Assert.Equal(0, Number(await fixture.Server.AskAsync("time() - timestamp(last_over_time(openebs_volume_iops{volume_id=\"orphan\"}[1m]))"))); // why age is asked of the plain metric
    }

    [Fact]
    public async Task A_label_that_no_series_has_leaves_all_unknown()
    {
        await UntilAsync(Gauges, "hot-1", static heat => heat.Iops is not null);

        Assert.Equal("none of 1 series has a value and the label pv_name", (await ReadAsync(Gauges with { VolumeLabel = "pv_name" }, "hot-1")).Unknown);
    }

    [Fact]
    public async Task Defect_5_a_metric_that_there_is_not_leaves_all_unknown_and_is_named() => Assert.Equal(
        "no volume has a value; look at the exporter, and whether mayastor_volume_iops are the metrics' names",
        (await ReadAsync(Gauges with { Metrics = ["mayastor_volume_iops"] }, "hot-1")).Unknown);

    [Fact]
    public async Task What_Prometheus_cannot_parse_is_said_in_its_words()
    {
        var heat = await ReadAsync(Gauges with { Metrics = ["nan"] }, "hot-1"); // a number of its language

        Assert.StartsWith($"Prometheus at {fixture.Server.Address} answers with HTTP 400: Prometheus says bad_data: ", heat.Unknown);
    }

    [Fact]
    public async Task R18_a_round_asks_three_queries_for_all_volumes_of_a_window()
    {
        var source = Source(Gauges, new PrometheusOptions { Address = fixture.Server.Address });
        var before = await fixture.Server.QueriesAsync();

        var policies = Enumerable.Range(0, 100).Select(static _ => Policy()).ToList();
        for (var round = 0; round < 10; round++) await source.ReadAsync(policies, CancellationToken.None);

        Assert.Equal(3, await fixture.Server.QueriesAsync() - before);
    }

    [Fact]
    public async Task A_Prometheus_that_ended_leaves_all_unknown()
    {
        var exporter = new TestExporter("alone", static () => "openebs_volume_iops{volume_id=\"v\"} 1\n");
        await using var _ = exporter;
        var server = await PrometheusServer.StartAsync(exporter);
        var source = Source(Gauges, new PrometheusOptions { Address = server.Address, CacheLifetime = TimeSpan.Zero });
        Assert.DoesNotContain("does not answer", (await ReadAsync(source, "v")).Unknown ?? "");
        await server.DisposeAsync();

        Assert.StartsWith($"Prometheus at {server.Address} does not answer: Connection refused", (await ReadAsync(source, "v")).Unknown);
    }

    private static StoragePolicySpec Policy() => new() { Enabled = true, SamplingWindow = TimeSpan.FromSeconds(WindowSeconds) };

    private static double Number(IReadOnlyDictionary<string, string> answer) => double.Parse(Assert.Single(answer).Value, CultureInfo.InvariantCulture);

    private Task<HeatReading> ReadAsync(HeatOptions heat, string volume) =>
        ReadAsync(Source(heat, new PrometheusOptions { Address = fixture.Server.Address, CacheLifetime = TimeSpan.Zero }), volume);

    private static async Task<HeatReading> ReadAsync(PrometheusHeatSource source, string volume) =>
        (await source.ReadAsync([Policy()], CancellationToken.None).WaitAsync(Limit)).Of(volume, TimeSpan.FromSeconds(WindowSeconds));

    /// <summary>Reads after each scrape until a volume's reading is as it is to become.</summary>
    private async Task<HeatReading> UntilAsync(HeatOptions heat, string volume, Func<HeatReading, bool> isReached)
    {
        var source = Source(heat, new PrometheusOptions { Address = fixture.Server.Address, CacheLifetime = TimeSpan.Zero });
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reading = await ReadAsync(source, volume);
            if (isReached(reading)) return reading;
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Limit, $"{volume} is {reading} after {Limit}");
            await fixture.Steady.NextScrapeAsync();
        }
    }

    private PrometheusHeatSource Source(HeatOptions heat, PrometheusOptions options)
    {
        var source = new PrometheusHeatSource(options, heat, TimeProvider.System, new PrometheusMetrics(_meters));
        _sources.Add(source);
        return source;
    }
}
