using System.Net;
using Actors.Grains.Tests.Support;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>What applications do on pools, as Prometheus knows it: what is no number, no pool's or twice is not known.</summary>
public sealed class PrometheusPoolLoadTests : IAsyncDisposable
{
    private const string Expression = "sum by (pool) (rate(disk_pool_bytes[1m]))";

    private readonly FakePrometheus _prometheus = new();
    private readonly VirtualTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly PrometheusHeatSource _source;
    private readonly PrometheusPoolLoad _load;

    public PrometheusPoolLoadTests()
    {
        var heat = new HeatOptions { Metrics = ["openebs_volume_iops"], Kind = HeatMetricKind.Gauge, VolumeLabel = "volume_id", ScrapeInterval = TimeSpan.FromSeconds(1) };
        _source = new PrometheusHeatSource(new PrometheusOptions { Address = _prometheus.Address }, heat, _time, new PrometheusMetrics(_meters));
        _load = new PrometheusPoolLoad(_source, Expression);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _prometheus.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task Pools_have_what_the_expression_says_in_whole_bytes()
    {
        Answer(("ssd", "1048576.75"), ("hdd", "0"));
        Assert.Equal([("hdd", 0L), ("ssd", 1_048_576L)], await ReadAsync());
        Assert.Equal($"label_replace(({Expression}), \"volume_id\", \"$1\", \"pool\", \"(.+)\")", Assert.Single(_prometheus.Queries));
    }

    [Fact]
    public async Task What_is_no_number_or_there_twice_is_missing_and_a_huge_one_is_no_overflow()
    {
        Answer(("a", "NaN"), ("b", "+Inf"), ("c", "-5"), ("d", "7"), ("d", "8"), ("e", "1e300"), ("f", "1"));
        Assert.Equal([("e", 1L << 62), ("f", 1L)], await ReadAsync());
    }

    [Fact]
    public async Task While_it_cannot_be_asked_nothing_is_known_and_the_next_answer_counts()
    {
        _prometheus.Answer = static (_, response) => FakePrometheus.SendAsync(response, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}", (int)HttpStatusCode.BadRequest);
        Assert.Empty(await ReadAsync());
        Answer(("ssd", "12"));
        Assert.Equal([("ssd", 12L)], await ReadAsync());
    }

    [Fact]
    public async Task Whoever_asks_within_the_cache_s_lifetime_asks_nobody()
    {
        Answer(("ssd", "12"));
        await ReadAsync();
        Answer(("ssd", "13"));
        Assert.Equal([("ssd", 12L)], await ReadAsync());
        Assert.Single(_prometheus.Queries);
        _time.Pass(30_000);
        Assert.Equal([("ssd", 13L)], await ReadAsync());
    }

    private async Task<IEnumerable<(string, long)>> ReadAsync() =>
        (await _load.ReadAsync(CancellationToken.None).WaitAsync(TestGuard.Limit)).Select(static pair => (pair.Key, pair.Value)).OrderBy(static pair => pair.Key, StringComparer.Ordinal);

    private void Answer(params (string Pool, string Value)[] series) => _prometheus.Answer = (_, response) => FakePrometheus.SendAsync(response, FakePrometheus.Vector(series));
}
