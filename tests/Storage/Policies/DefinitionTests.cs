using System.Text.Json.Nodes;
using Actors.Harness;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Policies;

/// <summary>deploy/k8s/storage-crds.yaml and the model are the same.</summary>
public sealed class DefinitionTests
{
    private static readonly IReadOnlyList<JsonNode> Definitions =
        PolicyYaml.Read(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "k8s", "storage-crds.yaml")), out _);

    private static JsonNode Version => Definitions[0]["spec"]!["versions"]!.AsArray().Single()!;

    private static JsonObject Schema(string part) => Version["schema"]!["openAPIV3Schema"]!["properties"]![part]!["properties"]!.AsObject();

    [Fact]
    public void R14_the_schema_has_exactly_the_fields_of_the_model_with_their_types_defaults_and_ranges()
    {
        var schema = Schema("spec");
        Assert.Equal(PolicyFields.All.Select(field => field.Name), schema.Select(pair => pair.Key));
        foreach (var field in PolicyFields.All)
        {
            var declared = schema[field.Name]!;
            Assert.Equal(field.Type, (string?)declared["type"]);
            Assert.True(JsonNode.DeepEquals(field.Default, declared["default"]), $"{field.Name}: default {declared["default"]?.ToJsonString()}");
            Assert.Equal(field.Minimum, (long?)declared["minimum"]);
            Assert.Equal(field.Maximum == long.MaxValue ? null : field.Maximum, (long?)declared["maximum"]);
            Assert.False(string.IsNullOrEmpty((string?)declared["description"]));
        }
    }

    [Fact]
    public void Times_have_the_pattern_of_their_grammar_and_texts_their_bounds()
    {
        foreach (var (name, declared) in Schema("spec").Where(pair => (string?)pair.Value!["type"] == "string"))
        {
            if (PolicyFileTests.OtherValues[name] is ['"', >= '0' and <= '9', ..]) Assert.Matches((string)declared!["pattern"]!, (string)JsonNode.Parse(PolicyFileTests.OtherValues[name])!);
            else Assert.Equal((1, 253), ((long)declared!["minLength"]!, (long)declared["maxLength"]!));
        }
    }

    [Fact]
    public void Selectors_name_the_operators_of_the_model()
    {
        foreach (var field in PolicyFields.All.Where(field => field.Type == "object"))
        {
            var expression = Schema("spec")[field.Name]!["properties"]!["matchExpressions"]!["items"]!["properties"]!;
            Assert.Equal(Enum.GetNames<SelectorOperator>(), expression["operator"]!["enum"]!.AsArray().Select(value => (string?)value));
        }
    }

    [Fact]
    public void The_status_has_exactly_what_is_written()
    {
        Assert.Equal(Names(Schema("status")).Order(), Written(StatusTests.Full.ToJson()).Distinct().Order());
        Assert.Equal(Enum.GetNames<PolicyPhase>(), Schema("status")["phase"]!["enum"]!.AsArray().Select(value => (string?)value));
        Assert.Equal(StoragePolicyStatus.MaxHistory, (long)Schema("status")["migrationHistory"]!["maxItems"]!);
    }

    [Fact]
    public void The_names_and_columns_are_those_of_the_predecessor()
    {
        var spec = Definitions[0]["spec"]!;
        Assert.Equal(("Cluster", $"{spec["group"]}/{Version["name"]}", (string?)spec["names"]!["kind"]), ((string?)spec["scope"], StoragePolicy.ApiVersion, StoragePolicy.Kind));
        Assert.Equal(["sp", "spolicy"], spec["names"]!["shortNames"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(
            ["High IOPS", "Low IOPS", "Phase", "Watched", "Migrations", "Age"],
            Version["additionalPrinterColumns"]!.AsArray().Select(column => (string?)column!["name"]));
        foreach (var path in Version["additionalPrinterColumns"]!.AsArray().Select(column => ((string)column!["jsonPath"]!).Split('.')).Where(path => path[1] != "metadata"))
            Assert.True(Schema(path[1]).ContainsKey(path[2]), $"no field {path[2]}");
        Assert.Equal(PolicyFile.ErasureCodingKind, (string?)Definitions[1]["spec"]!["names"]!["kind"]);
        Assert.NotNull(Version["subresources"]!["status"]);
    }

    private static IEnumerable<string> Names(JsonObject properties) => properties.SelectMany(pair => pair.Value!["items"]?["properties"] is JsonObject inner
        ? Names(inner).Select(name => $"{pair.Key}.{name}").Append(pair.Key) : [pair.Key]);

    private static IEnumerable<string> Written(JsonObject json) => json.SelectMany(pair => pair.Value is JsonArray list
        ? list.OfType<JsonObject>().SelectMany(Written).Select(name => $"{pair.Key}.{name}").Append(pair.Key) : [pair.Key]);
}
