using System.Text;
using Actors.Storage.Heat;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Heat;

/// <summary>What is asked of Prometheus, and what its answers mean. The answers are those of a real one (2.42).</summary>
public sealed class HeatTests
{
    private static readonly HeatOptions Gauges = new() { Metrics = ["openebs_volume_iops"], Kind = HeatMetricKind.Gauge, VolumeLabel = "volume_id", ScrapeInterval = TimeSpan.FromSeconds(1) };

    private static readonly HeatQuery Query = HeatPlan.Of([Policy(20)], Gauges).Single();

    [Fact]
    public void R18_a_hundred_policies_with_two_windows_ask_five_queries()
    {
        var policies = Enumerable.Range(0, 100).Select(index => Policy(index % 2 == 0 ? 3_600 : 600)).ToList();

        var plan = HeatPlan.Of(policies, new HeatOptions());

        Assert.Equal([600, 3_600], plan.Select(query => (int)query.Window.TotalSeconds));
        Assert.Equal(5, HeatPlan.Texts(plan).Count); // the age is the same for both
        Assert.Empty(HeatPlan.Of([Policy(600) with { Enabled = false }], new HeatOptions()));
    }

    [Fact]
    public void A_gauge_is_averaged_and_a_counter_has_a_rate()
    {
        Assert.Equal("sum by (volume_id) (avg_over_time(openebs_volume_iops[20s]))", Query.Iops);
        Assert.Equal("min by (volume_id) (count_over_time(openebs_volume_iops[20s]))", Query.Coverage);
        Assert.Equal("max by (volume_id) (time() - timestamp(openebs_volume_iops))", Query.Age); // of the plain metric: over a range it is always 0

        var counters = HeatPlan.Of([Policy(3_600)], new HeatOptions()).Single();
        Assert.Equal(
            "sum by (pv_name) (label_replace(rate(volume_num_read_ops[3600s]), \"heat_metric\", \"volume_num_read_ops\", \"\", \"\")"
            + " or label_replace(rate(volume_num_write_ops[3600s]), \"heat_metric\", \"volume_num_write_ops\", \"\", \"\"))", counters.Iops);
        Assert.All((string[])[counters.Coverage, counters.Age], text => Assert.EndsWith(" == 2", text)); // of a volume that lacks one of them nothing is known
    }

    [Theory]
    [InlineData("a} or vector(0)")]
    [InlineData("1a")]
    [InlineData("")]
    public void Names_that_are_none_are_refused(string metric) =>
        Assert.Throws<ArgumentException>(() => HeatPlan.Of([Policy(60)], new HeatOptions { Metrics = [metric] }));

    [Fact]
    public void R1_a_value_that_is_covered_and_fresh_is_known()
    {
        var reading = Read("5500", "20", "0.4");
        Assert.Equal((5_500, null, 7), (reading.Iops, reading.Unknown, reading.AtMs));
        Assert.Equal(0, Read("0", "20", "0").Iops); // known to be idle
    }

    [Theory]
    [InlineData("NaN", "20", "0", "none of 1 series has a value and the label volume_id")]
    [InlineData("+Inf", "20", "0", "none of 1 series has a value and the label volume_id")]
    [InlineData("-1", "20", "0", "none of 1 series has a value and the label volume_id")] // a counter that is taken for a gauge and began anew
    [InlineData(null, "20", "0", "no volume has a value; look at the exporter, and whether openebs_volume_iops are the metrics' names")]
    [InlineData("9000", "15", "0", "15 samples of 20 are there; 80 % are needed")]
    [InlineData("9000", null, "0", "0 samples of 20 are there; 80 % are needed")]
    [InlineData("9000", "20", null, "the last sample is gone; at most 2 s are believed")] // its series has vanished, the window does not show it
    [InlineData("5500", "20", "3.2", "the last sample is 3 s old; at most 2 s are believed")] // the exporter is dead
    public void R1_what_is_missing_old_or_thin_is_unknown_and_never_zero(string? iops, string? coverage, string? age, string reason)
    {
        var reading = Read(iops, coverage, age);
        Assert.Null(reading.Iops);
        Assert.Equal(reason, reading.Unknown);
    }

    [Fact]
    public void R1_a_volume_that_nobody_names_is_unknown_among_those_that_are_known() =>
        Assert.Equal("there is no value of it", HeatReading.Of("w", Query, Answer("1"), Answer("20"), Answer("0"), Gauges, 0).Unknown);

    [Fact]
    public void R1_a_query_that_failed_is_unknown_for_every_volume()
    {
        var down = PrometheusAnswer.Failed("connection refused");
        Assert.Equal("connection refused", HeatReading.Of("v", Query, Answer("1"), Answer("20"), down, Gauges, 0).Unknown);
        Assert.Equal("connection refused", HeatReading.Of("v", Query, Answer("1"), down, Answer("0"), Gauges, 0).Unknown);
        Assert.Equal("connection refused", HeatReading.Of("v", Query, down, Answer("20"), Answer("0"), Gauges, 0).Unknown);
    }

    [Fact]
    public void Series_without_the_label_or_there_twice_say_nothing()
    {
        var answer = Read("""
            {"status":"success","data":{"resultType":"vector","result":[
              {"metric":{"volume_id":"a"},"value":[1,"10"]},
              {"metric":{"volume_id":"b"},"value":[1,"20"]},
              {"metric":{"volume_id":"b","job":"x"},"value":[1,"30"]},
              {"metric":{"pv_name":"c"},"value":[1,"40"]},
              {"metric":{"volume_id":"d"},"value":[1,"NaN"]}]}}
            """);

        Assert.Null(answer.Error);
        Assert.Equal((1, 3), (answer.Count, answer.LeftOut));
        Assert.Equal(10, answer.Find("a"));
        Assert.All((string[])["b", "c", "d", "e"], volume => Assert.Null(answer.Find(volume)));
    }

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", "Prometheus says bad_data: 1:5: parse error")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", "the answer is a matrix, not a vector")]
    [InlineData("""{"status":"success"}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":[],"value":[1,"1"]}]}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"volume_id":"a"},"value":[1,2]}]}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"volume_id":"a"},"values":[[1,"1"]]}]}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":{}}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector"}}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":null}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[""", "the answer cannot be read")]
    [InlineData("""{"status":"error","data":null,"errorType":"timeout","error":"query timed out in expression evaluation"}""", "Prometheus says timeout: query timed out")]
    [InlineData("""{"status":1,"data":[]}""", "the answer cannot be read")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"volume_id":"\ud800"},"value":[1,"2"]}]}}""", "the answer cannot be read")]
    [InlineData("<html>502</html>", "the answer cannot be read")]
    [InlineData("[]", "the answer has no status")]
    [InlineData("", "the answer cannot be read")]
    public void An_answer_that_is_none_says_why(string body, string error)
    {
        var answer = Read(body);
        Assert.StartsWith(error, answer.Error);
        Assert.Equal(0, answer.Count);
    }

    [Fact]
    public void An_answer_with_too_many_series_is_none() =>
        Assert.Contains("at most 1", PrometheusAnswer.Read(Body("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]},{}]}}"""), "v", 1).Error);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task An_answer_is_the_same_however_its_bytes_come(int piece)
    {
        var text = """
            {"data":{"result":[
              {"value":[1.5,"10"],"histogram":[1,{"count":"1"}],"metric":{"__name__":"x","volume_id":"\u0061"}},
              {"metric":{"volume_id":"b","a":"1"},"value":[1,"2.5e3"]}],"stats":{"a":[[]]},"resultType":"vector"},
             "warnings":["partial"],"status":"success"}
            """;
        using var body = new PiecesStream(Body(text), piece);

        var answer = await PrometheusAnswer.ReadAsync(body, "volume_id", 2, text.Length, CancellationToken.None);

        Assert.Null(answer.Error);
        Assert.Equal((2, 10, 2_500), (answer.Count, answer.Find("a"), answer.Find("b")));
        body.Position = 0;
        Assert.Equal($"the answer is longer than {text.Length - 1} bytes; look whether the metrics' names are those of volumes", (await PrometheusAnswer.ReadAsync(body, "volume_id", 2, text.Length - 1, CancellationToken.None)).Error);
    }

    private static StoragePolicySpec Policy(int windowSeconds) => new() { Enabled = true, SamplingWindow = TimeSpan.FromSeconds(windowSeconds) };

    private static HeatReading Read(string? iops, string? coverage, string? age) => HeatReading.Of("v", Query, Answer(iops), Answer(coverage), Answer(age), Gauges, 7);

    private static PrometheusAnswer Answer(string? value) => Read(value is null
        ? """{"status":"success","data":{"resultType":"vector","result":[]}}"""
        : """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"volume_id":"v"},"value":[1700000000.1,"VALUE"]}]}}""".Replace("VALUE", value, StringComparison.Ordinal));

    private static PrometheusAnswer Read(string body) => PrometheusAnswer.Read(Body(body), "volume_id", 100);

    private static byte[] Body(string text) => Encoding.UTF8.GetBytes(text);
}
