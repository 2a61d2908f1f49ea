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
        await File.WriteAllTextAsync(folder.Path("rules.yaml"), Rules().ToJsonString()); // JSON is YAML
        File.Copy(Path.Combine(Repository.Root, "tests", "Storage", "Deploy", "alerts-test.yaml"), folder.Path("test.yaml"));

        (await ForeignProgram.RunAsync("promtool", ["check", "rules", folder.Path("rules.yaml")], "", Limit)).OutputOfSuccess();
        var ending = await ForeignProgram.RunAsync("promtool", ["test", "rules", folder.Path("test.yaml")], "", Limit);
        Assert.True(ending.ExitCode == 0, ending.Output + ending.Error);
    }

    [Fact]
    public void Alerts_ask_for_metrics_that_there_are()
    {
        string[] known =
        [
            "storage_operator_reconcile_duration_sum", "storage_operator_reconcile_duration_count", "storage_operator_active_migrations", "actors_heat_query_seconds_bucket",
        ];
        var asked = Rules()["groups"]!.AsArray().SelectMany(static group => group!["rules"]!.AsArray()).SelectMany(static rule => Metric().Matches((string)rule!["expr"]!)).Select(static match => match.Value).Where(static word => word != "histogram_quantile").Distinct();
        Assert.Equal(known.Order(), asked.Order());
    }

    private static JsonObject Rules()
    {
        var documents = PolicyYaml.Read(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "k8s", "monitoring", "storage-alerts.yaml")), out var unreadable);
        Assert.Null(unreadable);
        return (JsonObject)Assert.Single(documents)["spec"]!;
    }

    [GeneratedRegex("[a-z]+_[a-z_]{8,}")]
    private static partial Regex Metric();
}
