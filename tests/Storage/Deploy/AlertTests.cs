using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Actors.Harness;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Deploy;

/// <summary>The alerts of deploy/k8s/monitoring, as Prometheus' own tool evaluates them.</summary>
public sealed partial class AlertTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Alerts_fire_when_they_should_and_only_then()
    {
        using var folder = new TemporaryDirectory();
        var groups = new JsonArray([.. Rules("storage-alerts.yaml"), .. Rules("silo-alerts.yaml")]);
        await File.WriteAllTextAsync(folder.Path("rules.yaml"), new JsonObject { ["groups"] = groups }.ToJsonString()); // JSON is YAML
        File.Copy(Path.Combine(Repository.Root, "tests", "Storage", "Deploy", "alerts-test.yaml"), folder.Path("test.yaml"));

        (await ForeignProgram.RunAsync("promtool", ["check", "rules", folder.Path("rules.yaml")], "", Limit)).OutputOfSuccess();
        var ending = await ForeignProgram.RunAsync("promtool", ["test", "rules", folder.Path("test.yaml")], "", Limit);
        Assert.True(ending.ExitCode == 0, ending.Output + ending.Error);
    }

    [Fact]
    public async Task The_board_asks_in_words_that_Prometheus_takes()
    {
        using var folder = new TemporaryDirectory();
        var rules = new JsonArray([.. Board().Select(static (expression, number) => new JsonObject { ["record"] = $"panel:{number}", ["expr"] = expression })]);
        await File.WriteAllTextAsync(folder.Path("rules.yaml"), new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "board", ["rules"] = rules }) }.ToJsonString());
        (await ForeignProgram.RunAsync("promtool", ["check", "rules", folder.Path("rules.yaml")], "", Limit)).OutputOfSuccess();
    }

    [Fact]
    public void Alerts_and_the_board_ask_for_metrics_that_there_are()
    {
        var known = File.ReadLines(Path.Combine(Repository.Root, "tests", "Silo", "Telemetry", "metrics.txt")).Where(static line => line.Length > 0 && line[0] != '#').Select(static line => line.Split(' ')[0]).ToHashSet();
        var expressions = Rules("storage-alerts.yaml").Concat(Rules("silo-alerts.yaml")).SelectMany(static group => group!["rules"]!.AsArray()).Select(static rule => (string)rule!["expr"]!).Concat(Board());
        var asked = expressions.SelectMany(static expression => Metric().Matches(expression)).Select(static match => match.Value).Where(static word => word != "histogram_quantile").Distinct().ToList();
        Assert.InRange(asked.Count, 12, 40);
        Assert.All(asked, word => Assert.True(known.Contains(word) || known.Contains(Suffix().Replace(word, "")), $"there is no metric {word}"));
    }

    [Fact]
    public void Alerts_of_memory_go_by_the_limit_of_the_silos()
    {
        Assert.Contains("limits: { memory: 2Gi }", Text("..", "silos.yaml"), StringComparison.Ordinal);
        Assert.Equal(2, SiloLimit().Count(Text("silo-alerts.yaml")));
    }

    private static List<JsonNode> Rules(string file)
    {
        var documents = PolicyYaml.Read(Text(file), out var unreadable);
        Assert.Null(unreadable);
        return [.. Assert.Single(documents)["spec"]!["groups"]!.AsArray().Select(static group => group!.DeepClone())];
    }

    private static List<string> Board() =>
        [.. JsonNode.Parse(Text("storage-board.json"))!["panels"]!.AsArray().SelectMany(static panel => panel!["targets"]!.AsArray()).Select(static target => (string)target!["expr"]!)];

    private static string Text(params ReadOnlySpan<string> path) => File.ReadAllText(Path.Combine([Repository.Root, "deploy", "k8s", "monitoring", .. path]));

    [GeneratedRegex("[a-z]+_[a-z_]{8,}")]
    private static partial Regex Metric();

    [GeneratedRegex("_(sum|count|bucket)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"\* 2147483648$", RegexOptions.Multiline)]
    private static partial Regex SiloLimit();
}
