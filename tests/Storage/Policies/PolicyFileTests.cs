using System.Text.Json.Nodes;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Policies;

/// <summary>Reading and writing policies.</summary>
public sealed class PolicyFileTests
{
    private const string Head = "apiVersion: storage.billyronks.io/v1\nkind: StoragePolicy\nmetadata: { name: fast }\n";

    /// <summary>A value of each field that is not its default, as it is written.</summary>
    public static IReadOnlyDictionary<string, string> OtherValues { get; } = new Dictionary<string, string>
    {
        ["highWatermarkIOPS"] = "9000",
        ["warmWatermarkIOPS"] = "3000",
        ["lowWatermarkIOPS"] = "700",
        ["samplingWindow"] = "\"1h30m\"",
        ["cooldownPeriod"] = "\"7d\"",
        ["storageClassName"] = "\"nvme\"",
        ["hotPoolSelector"] = """{"matchLabels":{"tier":"hot"}}""",
        ["warmPoolSelector"] = """{"matchExpressions":[{"key":"tier","operator":"In","values":["warm","tepid"]}]}""",
        ["coldPoolSelector"] = """{"matchLabels":{"tier":"cold"},"matchExpressions":[{"key":"retired","operator":"DoesNotExist"}]}""",
        ["volumeSelector"] = """{"matchExpressions":[{"key":"app","operator":"NotIn","values":["db"]},{"key":"app","operator":"Exists"}]}""",
        ["maxConcurrentMigrations"] = "5",
        ["migrationTimeout"] = "\"45m10s\"",
        ["enabled"] = "false",
        ["dryRun"] = "true",
        ["ecPolicyRef"] = "\"archive\"",
        ["ecMinVolumeSizeBytes"] = "1",
        ["priority"] = "-3",
    };

    public static TheoryData<string> Fields => [.. PolicyFields.All.Select(one => one.Name)];

    /// <summary>The predecessor's names differed from those of the custom resource by letter case, so its thresholds were never read.</summary>
    [Theory]
    [MemberData(nameof(Fields))]
    public void R14_defect_1_every_field_is_read_and_written_under_its_name(string name)
    {
        var written = JsonNode.Parse(OtherValues[name])!;
        var policy = Good($"{Head}spec: {{ \"{name}\": {OtherValues[name]}{(name.EndsWith("PoolSelector", StringComparison.Ordinal) ? "" : ", coldPoolSelector: {}")} }}");

        var json = (JsonObject)PolicyFile.Write(policy)["spec"]!;

        Assert.True(JsonNode.DeepEquals(written, json[name]), $"{name}: {json[name]?.ToJsonString()}");
        foreach (var other in PolicyFields.All.Where(field => field.Name != name && field.Name != "coldPoolSelector"))
            Assert.True(JsonNode.DeepEquals(other.Default, json[other.Name]), $"{other.Name}: {json[other.Name]?.ToJsonString()}");
    }

    [Fact]
    public void R14_a_policy_with_all_fields_comes_back_as_it_was()
    {
        var json = new JsonObject(OtherValues.Select(pair => KeyValuePair.Create(pair.Key, JsonNode.Parse(pair.Value))));

        var spec = Good($"{Head}spec: {json.ToJsonString()}").Spec;
        var again = PolicyFile.Read(PolicyFile.Write(new StoragePolicy("fast", spec)), [])!;

        Assert.True(JsonNode.DeepEquals(json, PolicyFields.Write(again.Spec)));
        Assert.Equal((9_000, 3_000, 700, 5, -3, 1), (spec.HighWatermarkIops, spec.WarmWatermarkIops, spec.LowWatermarkIops, spec.MaxConcurrentMigrations, spec.Priority, spec.EcMinVolumeSizeBytes));
        Assert.Equal((TimeSpan.FromMinutes(90), TimeSpan.FromDays(7), TimeSpan.FromSeconds(2_710)), (spec.SamplingWindow, spec.CooldownPeriod, spec.MigrationTimeout));
        Assert.Equal(("nvme", false, true, "archive", true), (spec.StorageClassName, spec.Enabled, spec.DryRun, spec.EcPolicyRef, spec.HasWarmTier));
    }

    [Fact]
    public void What_is_missing_has_its_default()
    {
        var spec = Good(Head + "spec:\n  coldPoolSelector:\n    matchLabels:\n      tier: cold\n").Spec;

        Assert.Equal((5_000, 2_000, 500, 2, 10_737_418_240), (spec.HighWatermarkIops, spec.WarmWatermarkIops, spec.LowWatermarkIops, spec.MaxConcurrentMigrations, spec.EcMinVolumeSizeBytes));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)), (spec.SamplingWindow, spec.CooldownPeriod, spec.MigrationTimeout));
        Assert.Equal(("mayastor", true, false, null, false), (spec.StorageClassName, spec.Enabled, spec.DryRun, spec.EcPolicyRef, spec.HasWarmTier));
    }

    [Fact]
    public void Every_mistake_is_listed_at_once()
    {
        const string wrong = """
            apiVersion: storage.billyronks.io/v1beta1
            kind: StoragePolicy
            metadata: { name: Fast }
            owner: me
            spec:
              highWatermarkIops: 9000
              lowWatermarkIOPS: -1
              maxConcurrentMigrations: two
              samplingWindow: 1w
              enabled: "yes"
              storageClassName: ""
              hotPoolSelector: { matchLabels: { tier: 1 }, labels: {} }
              volumeSelector: { matchExpressions: [ { key: app, operator: Like }, { operator: In, values: [a] }, { key: a, operator: In }, { key: a, operator: Exists, values: [b] } ] }
            """;

        var file = PolicyFile.Read(wrong);

        Assert.Empty(file.Policies);
        string[] expected =
        [
            "apiVersion is not", "metadata.name is missing or not a name", "owner is unknown", "spec.highWatermarkIops is unknown", "spec.lowWatermarkIOPS is -1",
            "spec.maxConcurrentMigrations is \"two\"", "spec.samplingWindow is \"1w\"", "spec.enabled is \"yes\"", "spec.storageClassName is \"\"",
            "spec.hotPoolSelector.matchLabels.tier is 1", "spec.hotPoolSelector.labels is unknown", "spec.volumeSelector.matchExpressions[0].operator is \"Like\"",
            "spec.volumeSelector.matchExpressions[1].key is missing", "spec.volumeSelector.matchExpressions[2].values has 0 entries; In takes at least one",
            "spec.volumeSelector.matchExpressions[3].values has 1 entries; Exists takes none",
        ];
        Assert.Equal(expected.Length, file.Mistakes.Count);
        Assert.All(expected, sentence => Assert.Contains(file.Mistakes, mistake => mistake.StartsWith("StoragePolicy Fast: " + sentence, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("lowWatermarkIOPS: 5000, coldPoolSelector: {}", "spec.lowWatermarkIOPS is 5000; it is below highWatermarkIOPS, which is 5000")]
    [InlineData("warmWatermarkIOPS: 500, coldPoolSelector: {}", "spec.warmWatermarkIOPS is 500; it is 0, or above")]
    [InlineData("warmWatermarkIOPS: 5001, coldPoolSelector: {}", "spec.warmWatermarkIOPS is 5001; it is 0, or above")]
    [InlineData("dryRun: true", "spec names no pools")]
    public void Fields_that_contradict_each_other_are_mistakes(string spec, string sentence) =>
        Assert.Contains(PolicyFile.Read($"{Head}spec: {{ {spec} }}").Mistakes, mistake => mistake.StartsWith("StoragePolicy fast: " + sentence, StringComparison.Ordinal));

    [Fact]
    public void A_file_may_hold_many_and_an_erasure_coding_policy_is_accepted_and_answered()
    {
        var file = PolicyFile.Read($"{Head}spec: {{ coldPoolSelector: {{}} }}\n---\n---\n"
            + """{"apiVersion":"storage.billyronks.io/v1","kind":"ErasureCodingPolicy","metadata":{"name":"archive"},"spec":{"dataShards":4}}""");

        Assert.Empty(file.Mistakes);
        Assert.Equal("fast", Assert.Single(file.Policies).Name);
        Assert.Equal("archive", Assert.Single(file.ErasureCodingPolicies));
        var answer = PolicyCondition.ErasureCodingNotSupported(DateTimeOffset.UnixEpoch);
        Assert.Equal(("False", "NotSupported"), (answer.Status, answer.Reason));
    }

    [Theory]
    [InlineData("", "there is no policy in it")]
    [InlineData("a: &x [1]\nb: *x", "line 1: anchors and aliases are not read")]
    [InlineData("a: 1\na: 2", "line 2: a is there twice")]
    [InlineData("a: [", "line ")]
    [InlineData("kind: Pod", "kind is neither")]
    [InlineData("- 1", "spec is missing")]
    public void Texts_that_are_no_policies_are_refused_with_their_reason(string text, string sentence) =>
        Assert.Contains(PolicyFile.Read(text).Mistakes, mistake => mistake.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void Large_and_deep_texts_are_refused()
    {
        Assert.Contains("at most 1048576", Assert.Single(PolicyFile.Read(new string('a', PolicyYaml.MaxCharacters + 1)).Mistakes));
        Assert.Contains("deeper than 32", Assert.Single(PolicyFile.Read(new string('[', 40) + new string(']', 40)).Mistakes));
        Assert.Contains("is there 2 times", Assert.Single(PolicyFile.Read($"{Head}spec: {{ coldPoolSelector: {{}} }}\n---\n{Head}spec: {{ coldPoolSelector: {{}} }}").Mistakes));
    }

    [Theory]
    [InlineData("1h30m", 5_400)]
    [InlineData("90", 90)]
    [InlineData("1D", 86_400)]
    [InlineData("30s1m", 90)]
    [InlineData("3650d", 315_360_000)]
    [InlineData("", null)]
    [InlineData("0s", null)]
    [InlineData("1h30", null)]
    [InlineData("h", null)]
    [InlineData("1.5h", null)]
    [InlineData("-1h", null)]
    [InlineData("3651d", null)]
    [InlineData("99999999999999999999s", null)]
    public void Times_are_read_as_the_grammar_says(string text, int? seconds)
    {
        Assert.Equal(seconds is not null, PolicyDuration.TryParse(text, out var duration));
        if (seconds is not { } expected) return;
        Assert.Equal(expected, duration.TotalSeconds);
        Assert.True(PolicyDuration.TryParse(PolicyDuration.Format(duration), out var again) && again == duration);
    }

    [Fact]
    public void Durations_of_the_history_read_as_people_say_them() => Assert.Equal(
        ["500ms", "30.0s", "2.5m", "2.0h"],
        ((double[])[0.5, 30, 150, 7_200]).Select(seconds => PolicyDuration.Describe(TimeSpan.FromSeconds(seconds))));

    private static StoragePolicy Good(string text)
    {
        var file = PolicyFile.Read(text);
        Assert.Empty(file.Mistakes);
        return Assert.Single(file.Policies);
    }
}
