using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Actors.Harness;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>
/// What the API server demands of an object that is written: for ours what deploy/k8s defines (all but its rules in CEL), for a Lease what Kubernetes defines.
/// A member that the definition does not name is refused here; the API server drops it, and what was written is not what is read.
/// </summary>
public static partial class ObjectRules
{
    private const int LongestName = 253;

    private static readonly JsonObject Lease = Yaml.Read("""
        type: object
        properties:
          spec:
            type: object
            properties:
              holderIdentity: { type: string }
              leaseDurationSeconds: { type: integer, format: int32, minimum: 1 }
              leaseTransitions: { type: integer, format: int32, minimum: 0 }
              acquireTime: { type: string, format: micro-time }
              renewTime: { type: string, format: micro-time }
        """)[0];

    private static readonly Lazy<JsonObject> Definition = new(static () =>
        Yaml.Read(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "k8s", "membership-crd.yaml"))).Single());

    private static readonly Lazy<IReadOnlyList<JsonObject>> Policies = new(static () =>
        Yaml.Read(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "k8s", "storage-crds.yaml"))));

    /// <summary>The schema of our custom resource.</summary>
    public static JsonObject Membership => SchemaOf(Definition.Value);

    /// <summary>Fills in what the definition says of fields that are missing.</summary>
    public static void Default(string resource, JsonObject json)
    {
        if (json["spec"] is not JsonObject spec) return;
        foreach (var (member, schema) in (JsonObject)Schema(resource)["properties"]!["spec"]!["properties"]!)
        {
            if (schema!["default"] is { } preset && !spec.ContainsKey(member)) spec[member] = preset.DeepClone();
        }
    }

    /// <summary>What is wrong with an object; null when nothing is.</summary>
    public static string? Check(string resource, string name, JsonObject json)
    {
        if (name.Length > LongestName || !Subdomain().IsMatch(name)) return $"metadata.name: Invalid value: \"{name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'";
        var schema = Schema(resource);
        List<string> problems = [];
        foreach (var (member, value) in json)
        {
            if (member is not ("apiVersion" or "kind" or "metadata")) Check((JsonObject?)schema["properties"]![member], value, member, problems);
        }

        if (schema["required"] is JsonArray required) problems.AddRange(required.Where(member => !json.ContainsKey((string)member!)).Select(static member => $"{member}: Required value"));
        return problems.Count == 0 ? null : string.Join(", ", problems);
    }

    private static JsonObject Schema(string resource) => resource switch
    {
        FakeApiServer.StoragePolicies => SchemaOf(Policies.Value[0]),
        FakeApiServer.ErasureCodingPolicies => SchemaOf(Policies.Value[1]),
        _ when resource.EndsWith("/leases", StringComparison.Ordinal) => Lease,
        _ => Membership,
    };

    private static JsonObject SchemaOf(JsonObject definition) => (JsonObject)definition["spec"]!["versions"]!.AsArray().Single()!["schema"]!["openAPIV3Schema"]!;

    private static void Check(JsonObject? schema, JsonNode? json, string path, List<string> problems)
    {
        if (schema is null)
        {
            problems.Add($"{path}: the definition does not have it, and a server would drop it");
            return;
        }

        if (json is null && (bool?)schema["nullable"] is true) return;
        var isFit = ((string?)schema["type"], json) switch
        {
            ("object", JsonObject members) => CheckMembers(schema, members, path, problems),
            ("array", JsonArray items) => (schema["maxItems"] is not { } most || items.Count <= (int)most) && CheckItems((JsonObject)schema["items"]!, items, path, problems),
            ("boolean", JsonValue value) => value.TryGetValue<bool>(out _),
            ("number", JsonValue value) => value.GetValueKind() == System.Text.Json.JsonValueKind.Number,
            ("string", JsonValue value) => value.TryGetValue<string>(out var text) && IsFit(schema, text),
            ("integer", JsonValue value) => value.TryGetValue<long>(out var number) && IsFit(schema, number),
            _ => false,
        };
        if (!isFit) problems.Add($"{path}: Invalid value: {json?.ToJsonString() ?? "null"}");
    }

    private static bool CheckMembers(JsonObject schema, JsonObject members, string path, List<string> problems)
    {
        var isOpen = (bool?)schema["x-kubernetes-preserve-unknown-fields"] is true;
        foreach (var (member, value) in members)
        {
            var declared = (JsonObject?)(schema["properties"]?[member] ?? schema["additionalProperties"]);
            if (declared is not null || !isOpen) Check(declared, value, $"{path}.{member}", problems);
        }

        foreach (var member in schema["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey((string)member!)) problems.Add($"{path}.{member}: Required value");
        }

        return true;
    }

    private static bool CheckItems(JsonObject schema, JsonArray items, string path, List<string> problems)
    {
        foreach (var (index, item) in items.Index()) Check(schema, item, $"{path}[{index}]", problems);
        return true;
    }

    private static bool IsFit(JsonObject schema, string text) =>
        (schema["enum"] is not JsonArray allowed || allowed.Any(one => (string?)one == text))
        && (schema["minLength"] is not { } least || text.Length >= (int)least) && (schema["maxLength"] is not { } most || text.Length <= (int)most)
        && ((string?)schema["pattern"] is not { } pattern || Regex.IsMatch(text, pattern))
        && (string?)schema["format"] switch
        {
            null => true,
            "date-time" => DateTime.TryParse(text, CultureInfo.InvariantCulture, out _) && Time().IsMatch(text),
            "micro-time" => DateTime.TryParse(text, CultureInfo.InvariantCulture, out _) && MicroTime().IsMatch(text),
            var other => throw new FormatException($"These rules do not know the format {other}."),
        };

    private static bool IsFit(JsonObject schema, long number) =>
        (schema["minimum"] is not { } minimum || number >= (long)minimum) && (schema["maximum"] is not { } maximum || number <= (long)maximum) && ((string?)schema["format"] != "int32" || number is >= int.MinValue and <= int.MaxValue);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();

    [GeneratedRegex("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$")]
    private static partial Regex Time();

    [GeneratedRegex("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}(Z|[+-]\\d\\d:\\d\\d)$")]
    private static partial Regex MicroTime();
}
