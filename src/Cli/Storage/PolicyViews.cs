using System.Text.Json.Nodes;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary>Policies for people.</summary>
internal static class PolicyViews
{
    /// <summary>All of them.</summary>
    public static IEnumerable<IRenderable> DrawList(HttpPolicies list)
    {
        if (list.Policies.Count == 0)
        {
            yield return new Text("There are no policies; 'actors policies apply -f FILE' takes some.");
            yield break;
        }

        var table = ResultWriter.CreateTable("name", "phase", ">high", ">low", ">watched", ">hot", ">warm", ">cold", ">moving", ">migrations", ">failed", "remark");
        foreach (var policy in list.Policies)
        {
            table.AddTextRow(
                Text(policy, "metadata", "name"),
                Text(policy, "status", "phase"),
                Text(policy, "spec", "highWatermarkIOPS"),
                Text(policy, "spec", "lowWatermarkIOPS"),
                Text(policy, "status", "watchedVolumes"),
                Text(policy, "status", "hotVolumes"),
                Text(policy, "status", "warmVolumes"),
                Text(policy, "status", "coldVolumes"),
                Text(policy, "status", "activeMigrations"),
                Text(policy, "status", "totalMigrations"),
                Text(policy, "status", "failedMigrations"),
                Remark(policy));
        }

        yield return table;
    }

    /// <summary>A policy's name.</summary>
    public static string NameOf(JsonObject policy) => Text(policy, "metadata", "name");

    /// <summary>Why a plan is empty.</summary>
    /// <param name="policies">The policies that it is about.</param>
    /// <param name="volumes">Their volumes, all of which stay.</param>
    public static string WhyNothingMoves(IReadOnlyList<JsonObject> policies, IReadOnlyCollection<VolumeView> volumes)
    {
        var unknown = volumes.Count(static volume => volume.HeatUnknown is not null);
        if (policies.Count == 0) return "Nothing would move: there are no policies; 'actors policies apply -f FILE' takes some.";
        if (policies.All(static policy => Text(policy, "status", "phase") != "Active"))
            return $"Nothing would move: no policy is active ({string.Join(", ", policies.Select(static policy => $"{NameOf(policy)}: {Text(policy, "status", "phase")}"))}).";
        if (volumes.Count == 0) return "Nothing would move: no volume is selected by an active policy that has it.";
        return unknown == 0
            ? "Nothing would move: every volume is where it is wanted."
            : $"Nothing would move: {volumes.Count - unknown} volumes are where they are wanted, and {unknown} stay because their heat is not known ({volumes.First(static volume => volume.HeatUnknown is not null).HeatUnknown}).";
    }

    /// <summary>One of them.</summary>
    public static IEnumerable<IRenderable> DrawOne(JsonObject policy)
    {
        yield return new Text($"{Text(policy, "kind")} {Text(policy, "metadata", "name")}: {Text(policy, "status", "phase")}");
        if (policy["spec"] is JsonObject spec)
        {
            var fields = ResultWriter.CreateTable("field", "value");
            foreach (var (name, value) in spec)
                fields.AddTextRow(name, value is JsonValue plain ? plain.ToString() : value?.ToJsonString() ?? "");
            yield return fields;
        }

        var conditions = ResultWriter.CreateTable("condition", "is", "since", "reason", "message");
        foreach (var condition in Items(policy, "conditions"))
            conditions.AddTextRow(Text(condition, "type"), Text(condition, "status"), Text(condition, "lastTransitionTime"), Text(condition, "reason"), Text(condition, "message"));
        yield return conditions;

        var history = ResultWriter.CreateTable("volume", "ended", "from", "to", ">iops", "took", "outcome");
        foreach (var entry in Items(policy, "migrationHistory"))
        {
            history.AddTextRow(
                Text(entry, "volumeName"), Text(entry, "timestamp"), Text(entry, "fromTier"), Text(entry, "toTier"), Text(entry, "triggerIOPS"), Text(entry, "duration"),
                entry["error"]?.ToString() ?? "moved");
        }

        if (history.Rows.Count > 0) yield return history;
    }

    private static IEnumerable<JsonObject> Items(JsonObject policy, string name) => (policy["status"]?[name] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The condition that a person should read.</summary>
    private static string Remark(JsonObject policy) => Items(policy, "conditions").FirstOrDefault(static condition =>
        (Text(condition, "type"), Text(condition, "status")) is ("Conflict", "True") or ("Ready" or "MetricsAvailable" or "PoolsAvailable" or "ErasureCoding", "False")) is { } condition
            ? Text(condition, "reason")
            : "";

    private static string Text(JsonObject json, params ReadOnlySpan<string> path)
    {
        JsonNode? node = json;
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node?.ToString() ?? "-";
    }
}
