using System.Text.Json.Nodes;

namespace Actors.Storage.Policies;

/// <summary>Every field of a policy's spec, once. Reading, writing, defaults and the test of the custom resource's schema go by this list.</summary>
public static class PolicyFields
{
    private const long MostIops = 1_000_000_000;

    /// <summary>The fields, in the order in which they are written.</summary>
    public static IReadOnlyList<PolicyField> All { get; } =
    [
        Integer("highWatermarkIOPS", 5_000, 1, MostIops, spec => spec.HighWatermarkIops, (spec, value) => spec with { HighWatermarkIops = value }),
        Integer("warmWatermarkIOPS", 2_000, 0, MostIops, spec => spec.WarmWatermarkIops, (spec, value) => spec with { WarmWatermarkIops = value }),
        Integer("lowWatermarkIOPS", 500, 0, MostIops, spec => spec.LowWatermarkIops, (spec, value) => spec with { LowWatermarkIops = value }),
        Duration("samplingWindow", "1h", spec => spec.SamplingWindow, (spec, value) => spec with { SamplingWindow = value }),
        Duration("cooldownPeriod", "24h", spec => spec.CooldownPeriod, (spec, value) => spec with { CooldownPeriod = value }),
        Text("storageClassName", "mayastor", spec => spec.StorageClassName, (spec, value) => spec with { StorageClassName = value }),
        Selector("hotPoolSelector", spec => spec.HotPoolSelector, (spec, value) => spec with { HotPoolSelector = value }),
        Selector("warmPoolSelector", spec => spec.WarmPoolSelector, (spec, value) => spec with { WarmPoolSelector = value }),
        Selector("coldPoolSelector", spec => spec.ColdPoolSelector, (spec, value) => spec with { ColdPoolSelector = value }),
        Selector("volumeSelector", spec => spec.VolumeSelector, (spec, value) => spec with { VolumeSelector = value }),
        Integer("maxConcurrentMigrations", 2, 1, 1_000, spec => spec.MaxConcurrentMigrations, (spec, value) => spec with { MaxConcurrentMigrations = value }),
        Duration("migrationTimeout", "30m", spec => spec.MigrationTimeout, (spec, value) => spec with { MigrationTimeout = value }),
        Boolean("enabled", true, spec => spec.Enabled, (spec, value) => spec with { Enabled = value }),
        Boolean("dryRun", false, spec => spec.DryRun, (spec, value) => spec with { DryRun = value }),
        Text("ecPolicyRef", null, spec => spec.EcPolicyRef, (spec, value) => spec with { EcPolicyRef = value }),
        Integer("ecMinVolumeSizeBytes", 10_737_418_240, 0, long.MaxValue, spec => spec.EcMinVolumeSizeBytes, (spec, value) => spec with { EcMinVolumeSizeBytes = value }),
        Integer("priority", 0, -1_000_000, 1_000_000, spec => spec.Priority, (spec, value) => spec with { Priority = value }),
    ];

    /// <summary>Reads a spec. Every mistake is added to the list, also those of fields that contradict each other.</summary>
    /// <param name="json">What was written.</param>
    /// <param name="mistakes">Receives sentences that begin with the field's path.</param>
    public static StoragePolicySpec Read(JsonObject json, IList<string> mistakes)
    {
        var spec = new StoragePolicySpec();
        var before = mistakes.Count;
        foreach (var field in All)
        {
            if ((json[field.Name] ?? field.Default) is { } value) spec = field.Read(value, spec, mistakes);
        }

        foreach (var (name, _) in json)
        {
            if (All.All(field => field.Name != name)) mistakes.Add($"spec.{name} is unknown");
        }

        if (mistakes.Count == before) Compare(spec, mistakes);
        return spec;
    }

    /// <summary>Writes a spec, every field that has a value.</summary>
    public static JsonObject Write(StoragePolicySpec spec)
    {
        var json = new JsonObject();
        foreach (var field in All)
        {
            if (field.Write(spec) is { } value) json.Add(field.Name, value);
        }

        return json;
    }

    private static void Compare(StoragePolicySpec spec, IList<string> mistakes)
    {
        if (spec.LowWatermarkIops >= spec.HighWatermarkIops)
            mistakes.Add(FormattableString.Invariant($"spec.lowWatermarkIOPS is {spec.LowWatermarkIops}; it is below highWatermarkIOPS, which is {spec.HighWatermarkIops}"));
        if (spec.WarmWatermarkIops != 0 && (spec.WarmWatermarkIops <= spec.LowWatermarkIops || spec.WarmWatermarkIops > spec.HighWatermarkIops))
            mistakes.Add(FormattableString.Invariant($"spec.warmWatermarkIOPS is {spec.WarmWatermarkIops}; it is 0, or above lowWatermarkIOPS ({spec.LowWatermarkIops}) and at most highWatermarkIOPS ({spec.HighWatermarkIops})"));
        if (spec.HotPoolSelector is null && spec.ColdPoolSelector is null && spec.WarmPoolSelector is null)
            mistakes.Add("spec names no pools: hotPoolSelector, warmPoolSelector and coldPoolSelector are all missing");
    }

    private static PolicyField Integer(string name, long preset, long minimum, long maximum, Func<StoragePolicySpec, long> get, Func<StoragePolicySpec, long, StoragePolicySpec> with) =>
        new(name, "integer", preset, minimum, maximum, (json, spec, mistakes) =>
        {
            if (json is JsonValue value && value.TryGetValue<long>(out var number) && number >= minimum && number <= maximum) return with(spec, number);
            mistakes.Add(FormattableString.Invariant($"spec.{name} is {json.ToJsonString()}; it is a whole number from {minimum} to {maximum}"));
            return spec;
        }, spec => get(spec));

    private static PolicyField Boolean(string name, bool preset, Func<StoragePolicySpec, bool> get, Func<StoragePolicySpec, bool, StoragePolicySpec> with) =>
        new(name, "boolean", preset, null, null, (json, spec, mistakes) =>
        {
            if (json is JsonValue value && value.TryGetValue<bool>(out var isTrue)) return with(spec, isTrue);
            mistakes.Add($"spec.{name} is {json.ToJsonString()}; it is true or false");
            return spec;
        }, spec => get(spec));

    private static PolicyField Text(string name, string? preset, Func<StoragePolicySpec, string?> get, Func<StoragePolicySpec, string, StoragePolicySpec> with) =>
        new(name, "string", preset, null, null, (json, spec, mistakes) =>
        {
            if (json is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and <= 253) return with(spec, text);
            mistakes.Add($"spec.{name} is {json.ToJsonString()}; it is a text of 1 to 253 characters");
            return spec;
        }, spec => get(spec));

    private static PolicyField Duration(string name, string preset, Func<StoragePolicySpec, TimeSpan> get, Func<StoragePolicySpec, TimeSpan, StoragePolicySpec> with) =>
        new(name, "string", preset, null, null, (json, spec, mistakes) =>
        {
            var text = json is JsonValue value && value.GetValueKind() is System.Text.Json.JsonValueKind.String or System.Text.Json.JsonValueKind.Number ? json.ToString() : "";
            if (PolicyDuration.TryParse(text, out var duration)) return with(spec, duration);
            mistakes.Add($"spec.{name} is {json.ToJsonString()}; it is a time such as 90s, 30m, 1h30m or 7d, from a second to ten years");
            return spec;
        }, spec => PolicyDuration.Format(get(spec)));

    private static PolicyField Selector(string name, Func<StoragePolicySpec, LabelSelector?> get, Func<StoragePolicySpec, LabelSelector, StoragePolicySpec> with) =>
        new(name, "object", null, null, null, (json, spec, mistakes) =>
            SelectorJson.Read(json, $"spec.{name}", mistakes) is { } selector ? with(spec, selector) : spec,
            spec => get(spec) is { } selector ? SelectorJson.Write(selector) : null);
}
