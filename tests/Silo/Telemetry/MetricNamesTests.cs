using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Telemetry;

/// <summary>Dashboards and alerts rely on names, kinds, units and labels: <c>metrics.txt</c> beside this file has them all.</summary>
[Collection(nameof(SiloRig))]
public sealed partial class MetricNamesTests
{
    private static readonly Definition[] Definitions = [.. Read()];

    [Fact]
    public async Task What_a_silo_declares_is_what_is_written_down()
    {
        var declared = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (!instrument.Meter.Name.StartsWith("Actors.", StringComparison.Ordinal) || instrument.Meter.Name.StartsWith("Actors.Test", StringComparison.Ordinal)) return;
                lock (declared) declared[instrument.Name] = KindOf(instrument);
            },
        };
        listener.Start();
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t"); // the controller of topics declares its own when it is first called

        lock (declared)
        {
            Assert.Equal(
                Definitions.Select(metric => $"{metric.Name} {metric.Kind}"),
                declared.Select(metric => $"{metric.Key} {metric.Value}"));
        }
    }

    [Fact]
    public async Task What_a_silo_shows_has_the_name_kind_unit_and_labels_that_are_written_down()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");
        Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        await SiloRig.FetchBytesAsync(connection, "t");
        await CommitAsync(connection, "t");

        var text = (await rig.GetUntilAsync("/metrics", "actors_consumer_group_lag{")).Body;

        foreach (var metric in Definitions.Where(metric => !metric.IsRare))
        {
            Assert.Contains($"\n# TYPE {metric.Name} {metric.Kind}\n", $"\n{text}");
            var help = Regex.Match(text, $"^# HELP {metric.Name} (.+)$", RegexOptions.Multiline).Groups[1].Value;
            Assert.True(help.Length > 0 && help.Contains(metric.Unit, StringComparison.OrdinalIgnoreCase), $"{metric.Name} is in {metric.Unit}s, and its help is '{help}'");
            var suffix = metric.Kind == "histogram" ? "_count" : "";
            var samples = Regex.Matches(text, $@"^{metric.Name}{suffix}(?:\{{(.*)\}})? ", RegexOptions.Multiline);
            Assert.NotEmpty(samples);
            Assert.All(samples, sample => Assert.Equal(
                metric.Labels, string.Join(',', LabelName().Matches(sample.Groups[1].Value).Select(label => label.Groups[1].Value).Order(StringComparer.Ordinal))));
        }
    }

    private static async Task CommitAsync(KafkaConnection connection, string topic)
    {
        var token = TestContext.Current.CancellationToken;
        var commit = new OffsetCommitRequest
        {
            GroupId = "g",
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = 0 }] }],
        };
        var answer = ErrorCode.CoordinatorNotAvailable;
        await TestGuard.UntilAsync(
            async () =>
            {
                await connection.SendAsync(new FindCoordinatorRequest { Key = "g" }, 3, TestGuard.Limit, token);
                answer = (await connection.SendAsync(commit, 8, TestGuard.Limit, token)).Topics[0].Partitions[0].ErrorCode;
                return answer is not (ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator);
            },
            "the group's coordinator is there");
        Assert.Equal(ErrorCode.None, answer);
    }

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private static IEnumerable<Definition> Read()
    {
        var file = Path.Combine(Repository.Root, "tests", "Silo", "Telemetry", "metrics.txt");
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            yield return new(words[0], words[1], words[2], words[3] == "-" ? "" : words[3], words.Length > 4 && words[4] == "rare");
        }
    }

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex LabelName();

    /// <param name="Unit">A word that the help must hold.</param>
    /// <param name="Labels">Names in alphabetical order with commas.</param>
    /// <param name="IsRare">Whether it is shown only once something unusual has happened.</param>
    private sealed record Definition(string Name, string Kind, string Unit, string Labels, bool IsRare);
}
