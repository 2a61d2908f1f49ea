using System.Text;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Heat.Prometheus;

/// <summary>How Prometheus is asked: once for all who ask, with deadlines and bounds; and that what goes wrong is unknown, with its reason.</summary>
public sealed class PrometheusHeatSourceTests : IAsyncLifetime
{
    private static readonly HeatOptions Gauges = new() { Metrics = ["openebs_volume_iops"], Kind = HeatMetricKind.Gauge, VolumeLabel = "volume_id", ScrapeInterval = TimeSpan.FromSeconds(1) };

    private readonly FakePrometheus _prometheus = new();
    private readonly VirtualTime _time = new();
    private readonly TestMeters _meters = new();
    private PrometheusHeatSource _source = null!;

    public ValueTask InitializeAsync()
    {
        _source = Open(new PrometheusOptions { Address = _prometheus.Address });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _prometheus.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task R18_whoever_asks_within_the_cache_s_lifetime_gets_the_answer_that_is_there()
    {
        var first = await ReadAsync();
        _time.Pass(29_999);
        var second = await ReadAsync();
        Assert.Equal((5_500, null), (first.Iops, first.Unknown));
        Assert.Equal(first, second); // the time at which it was asked too: the same reading does not count twice
        Assert.Equal(3, _prometheus.Queries.Count);

        _time.Pass(1);
        Assert.Equal(first.AtMs + 30_000, (await ReadAsync()).AtMs);
        Assert.Equal(6, _prometheus.Queries.Count);
    }

    [Fact]
    public async Task R18_windows_are_kept_apart_and_volumes_are_not()
    {
        await _source.ReadAsync([Policy(20), Policy(20), Policy(60)], CancellationToken.None);
        var heat = await _source.ReadAsync([Policy(60), Policy(20)], CancellationToken.None);

        Assert.Equal(5, _prometheus.Queries.Count);
        Assert.Equal([TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60)], heat.Windows.Order());
        Assert.Equal(5_500, heat.Of("v", TimeSpan.FromSeconds(20)).Iops);
        Assert.Equal("20 samples of 60 are there; 80 % are needed", heat.Of("v", TimeSpan.FromSeconds(60)).Unknown);
        Assert.Equal("nobody asked for a window of 5 s", heat.Of("v", TimeSpan.FromSeconds(5)).Unknown);
    }

    [Fact]
    public async Task R18_askers_at_one_time_share_the_questions_and_one_that_goes_away_ends_none()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _prometheus.Answer = async (query, response) =>
        {
            await gate.Task;
            await FakePrometheus.WellAsync(query, response);
        };
        using var leaving = new CancellationTokenSource();
        var gone = _source.ReadAsync([Policy(20)], leaving.Token);
        var staying = Enumerable.Range(0, 100).Select(_ => ReadAsync()).ToList();
        await TestGuard.UntilAsync(() => _prometheus.Queries.Count == 3, "three queries");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        gate.SetResult();

        Assert.All(await Task.WhenAll(staying), static reading => Assert.Equal(5_500, reading.Iops));
        Assert.Equal(3, _prometheus.Queries.Count);
    }

    [Fact]
    public async Task An_answer_with_a_label_that_is_no_text_is_unknown_and_the_next_one_is_read()
    {
        _prometheus.Answer = static (_, response) => FakePrometheus.SendAsync(response, FakePrometheus.Vector(("v", "5500"), ("\\ud800", "1")));
        Assert.Contains("the answer cannot be read", (await ReadAsync()).Unknown, StringComparison.Ordinal);

        _prometheus.Answer = FakePrometheus.WellAsync;
        Assert.Equal(5_500, (await ReadAsync()).Iops);
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for_lately_are_forgotten()
    {
        for (var window = 1; window <= 20; window++)
        {
            await _source.ReadAsync([Policy(window)], CancellationToken.None);
            _time.Pass(30_000);
        }

        await _source.ReadAsync([Policy(20)], CancellationToken.None);
        Assert.Equal(3, _source.Held);
    }

    [Fact]
    public async Task No_more_queries_are_on_their_way_at_once_than_the_options_say()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int under = 0, most = 0;
        _prometheus.Answer = async (query, response) =>
        {
            var now = Interlocked.Increment(ref under);
            for (var seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
            await gate.Task;
            Interlocked.Decrement(ref under);
            await FakePrometheus.WellAsync(query, response);
        };
        var read = _source.ReadAsync(Enumerable.Range(1, 50).Select(Policy), CancellationToken.None);
        await TestGuard.UntilAsync(() => Volatile.Read(ref most) == 8, "eight queries");
        gate.SetResult();
        await TestGuard.SoonAsync(read, "all answers");

        Assert.Equal((8, 101), (most, _prometheus.Queries.Count));
    }

    [Fact]
    public async Task Defect_5_down_is_unknown_and_what_to_do_is_said()
    {
        var nobody = new Uri(FormattableString.Invariant($"http://127.0.0.1:{LoopbackPort.Next()}"));
        await using var source = Open(new PrometheusOptions { Address = nobody });

        var reading = await ReadAsync(source);

        Assert.Null(reading.Iops);
        Assert.Matches($"^Prometheus at {nobody} does not answer: Connection refused.*; look whether it runs, and whether the address is right$", reading.Unknown);
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        _prometheus.Answer = static (_, response) => FakePrometheus.SendAsync(response, "", 503);
        Assert.NotNull((await ReadAsync()).Unknown);
        _prometheus.Answer = FakePrometheus.WellAsync;

        Assert.Equal(5_500, (await ReadAsync()).Iops);
    }

    [Fact]
    public async Task Slow_is_unknown_after_the_deadline()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _prometheus.Answer = (_, _) => gate.Task;
        var read = ReadAsync();
        await TestGuard.UntilAsync(() => _prometheus.Queries.Count == 3, "three queries");

        _time.Pass(29_999);
        Assert.False(read.IsCompleted);
        _time.Pass(1);
        var reading = await TestGuard.SoonAsync(read, "the deadline");

        Assert.Equal($"Prometheus at {_prometheus.Address} did not answer within 30 s; look at its load, or ask for shorter sampling windows", reading.Unknown);
        gate.SetResult();
    }

    [Fact]
    public async Task An_answer_that_stops_in_its_middle_ends_by_the_deadline_too()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = 0;
        _prometheus.Answer = async (_, response) =>
        {
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("{\"status\":"));
            await response.OutputStream.FlushAsync();
            Interlocked.Increment(ref begun);
            await gate.Task;
        };
        var read = ReadAsync();
        await TestGuard.UntilAsync(() => Volatile.Read(ref begun) == 3, "three beginnings");
        _time.Pass(30_000);

        Assert.Contains("did not answer within 30 s", (await TestGuard.SoonAsync(read, "the deadline")).Unknown);
        gate.SetResult();
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unknown()
    {
        _prometheus.Answer = static async (_, response) =>
        {
            response.ContentLength64 = 1_000;
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("{\"status\":\"success\""));
            await response.OutputStream.FlushAsync();
            response.Abort();
        };

        Assert.StartsWith($"Prometheus at {_prometheus.Address} does not answer: ", (await ReadAsync()).Unknown);
    }

    [Theory]
    [InlineData(500, "", "the answer cannot be read: ")]
    [InlineData(502, "<html>Bad Gateway</html>", "the answer cannot be read: ")]
    [InlineData(302, "", "the answer cannot be read: ")] // a login in front of it
    [InlineData(422, """{"status":"error","errorType":"execution","error":"query processing would load too many samples"}""", "Prometheus says execution: query processing would load too many samples")]
    [InlineData(503, """{"status":"success","data":{"resultType":"vector","result":[]}}""", "")]
    public async Task An_error_is_unknown_with_its_code_and_words(int code, string body, string words)
    {
        _prometheus.Answer = (_, response) => FakePrometheus.SendAsync(response, body, code);

        Assert.StartsWith(FormattableString.Invariant($"Prometheus at {_prometheus.Address} answers with HTTP {code}: {words}"), (await ReadAsync()).Unknown);
    }

    [Fact]
    public async Task A_page_is_no_answer()
    {
        _prometheus.Answer = static (_, response) => FakePrometheus.SendAsync(response, "<html>Prometheus</html>");

        Assert.StartsWith("the answer cannot be read: ", (await ReadAsync()).Unknown);
    }

    [Fact]
    public async Task Of_a_huge_answer_no_more_is_read_than_is_kept()
    {
        await using var source = Open(new PrometheusOptions { Address = _prometheus.Address, MaxAnswerBytes = 1_000_000 });
        long sent = 0;
        _prometheus.Answer = async (_, response) =>
        {
            var blank = Encoding.UTF8.GetBytes(new string(' ', 100_000));
            while (Interlocked.Add(ref sent, blank.Length) < 1_000_000_000) await response.OutputStream.WriteAsync(blank);
        };

        Assert.Equal("the answer is longer than 1000000 bytes; look whether the metrics' names are those of volumes", (await ReadAsync(source)).Unknown);
        Assert.True(Interlocked.Read(ref sent) < 200_000_000, "it was read to its end");
    }

    [Fact]
    public async Task Of_too_many_series_no_more_are_read()
    {
        var series = 0;
        _prometheus.Answer = async (_, response) =>
        {
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["));
            var text = string.Concat(Enumerable.Repeat("{\"metric\":{\"volume_id\":\"v\"},\"value\":[1,\"1\"]},", 1_000));
            while (Interlocked.Add(ref series, 1_000) < 50_000_000) await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        };

        Assert.Equal("the answer has more than 100000 series; at most 100000 are read", (await ReadAsync()).Unknown);
        Assert.True(Volatile.Read(ref series) < 25_000_000, "it was read to its end");
    }

    [Fact]
    public async Task A_close_ends_what_is_on_its_way()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _prometheus.Answer = (_, _) => gate.Task;
        var read = ReadAsync();
        await TestGuard.UntilAsync(() => _prometheus.Queries.Count == 3, "three queries");

        await TestGuard.SoonAsync(_source.DisposeAsync().AsTask(), "the close");

        Assert.Equal("the silo stops", (await TestGuard.SoonAsync(read, "the end")).Unknown);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync());
        gate.SetResult();
    }

    [Fact]
    public void Names_that_are_none_are_found_when_the_source_is_made()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new PrometheusHeatSource(
            new PrometheusOptions(), Gauges with { Metrics = ["a b", "a", "a"], VolumeLabel = "" }, _time, new PrometheusMetrics(_meters)));
        Assert.StartsWith("not names of metrics and a label of Prometheus: a b, , a twice", wrong.Message);
    }

    [Fact]
    public async Task R13_queries_are_measured_by_their_outcome()
    {
        _prometheus.Answer = async (query, response) =>
        {
            if (query.StartsWith("min", StringComparison.Ordinal)) await FakePrometheus.SendAsync(response, "", 500);
            else await FakePrometheus.WellAsync(query, response);
        };
        await ReadAsync();

        Assert.Equal((2, 1), (_meters.Count("actors_heat_query_seconds", "outcome", "ok"), _meters.Count("actors_heat_query_seconds", "outcome", "failed")));
    }

    private static StoragePolicySpec Policy(int windowSeconds) => new() { Enabled = true, SamplingWindow = TimeSpan.FromSeconds(windowSeconds) };

    private PrometheusHeatSource Open(PrometheusOptions options) => new(options, Gauges, _time, new PrometheusMetrics(_meters));

    private Task<HeatReading> ReadAsync() => ReadAsync(_source);

    private static async Task<HeatReading> ReadAsync(PrometheusHeatSource source) =>
        (await source.ReadAsync([Policy(20)], CancellationToken.None).WaitAsync(TestGuard.Limit)).Of("v", TimeSpan.FromSeconds(20));
}
