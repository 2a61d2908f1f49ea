using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Actors.Storage.Policies;

/// <summary>What a file of policies holds. With one mistake in it nothing of it counts.</summary>
/// <param name="Policies">The storage policies.</param>
/// <param name="ErasureCodingPolicies">Names of erasure coding policies: they are accepted, and answered by a condition that says what is not supported.</param>
/// <param name="Mistakes">Every mistake of every document, each with the document's kind and name and the field's path; empty when all is good.</param>
public sealed partial record PolicyFile(IReadOnlyList<StoragePolicy> Policies, IReadOnlyList<string> ErasureCodingPolicies, IReadOnlyList<string> Mistakes)
{
    /// <summary>The kind that is accepted and not supported.</summary>
    public const string ErasureCodingKind = "ErasureCodingPolicy";

    /// <summary>Reads YAML or JSON, one document or many.</summary>
    public static PolicyFile Read(string text)
    {
        var mistakes = new List<string>();
        var policies = new List<StoragePolicy>();
        var erasureCoding = new List<string>();
        var documents = PolicyYaml.Read(text, out var unreadable);
        if (unreadable is not null) mistakes.Add(unreadable);
        else if (documents.Count == 0) mistakes.Add("there is no policy in it");
        for (var index = 0; index < documents.Count; index++)
            ReadDocument(documents[index], index + 1, policies, erasureCoding, mistakes);
        foreach (var twice in policies.GroupBy(policy => policy.Name).Where(group => group.Count() > 1))
            mistakes.Add($"{StoragePolicy.Kind} {twice.Key} is there {twice.Count()} times");
        return new PolicyFile(policies, erasureCoding, mistakes);
    }

    /// <summary>Reads one storage policy, as Kubernetes hands it out; null when it has mistakes.</summary>
    public static StoragePolicy? Read(JsonNode json, IList<string> mistakes)
    {
        var before = mistakes.Count;
        var found = new List<StoragePolicy>();
        ReadDocument(json, 1, found, [], mistakes);
        return mistakes.Count == before ? found.SingleOrDefault() : null;
    }

    /// <summary>The object that <see cref="Read(JsonNode, IList{string})"/> reads as the same policy.</summary>
    public static JsonObject Write(StoragePolicy policy) => new()
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = StoragePolicy.Kind,
        ["metadata"] = new JsonObject { ["name"] = policy.Name },
        ["spec"] = PolicyFields.Write(policy.Spec),
    };

    private static void ReadDocument(JsonNode json, int number, List<StoragePolicy> policies, List<string> erasureCoding, IList<string> mistakes)
    {
        var own = new List<string>();
        var kind = Text(json, "kind");
        var name = (json as JsonObject)?["metadata"] is JsonObject metadata ? Text(metadata, "name") : null;
        if (Text(json, "apiVersion") != StoragePolicy.ApiVersion) own.Add($"apiVersion is not {StoragePolicy.ApiVersion}");
        if (kind is not (StoragePolicy.Kind or ErasureCodingKind)) own.Add($"kind is neither {StoragePolicy.Kind} nor {ErasureCodingKind}");
        if (name is null || !ObjectName().IsMatch(name)) own.Add("metadata.name is missing or not a name: lower case letters, digits, '-' and '.', at most 253");
        var spec = (json as JsonObject)?["spec"] as JsonObject;
        if (spec is null) own.Add("spec is missing");
        foreach (var (key, _) in json as JsonObject ?? [])
        {
            if (key is not ("apiVersion" or "kind" or "metadata" or "spec" or "status")) own.Add($"{key} is unknown");
        }

        if (kind == StoragePolicy.Kind && spec is not null)
        {
            var read = PolicyFields.Read(spec, own);
            if (own.Count == 0) policies.Add(new StoragePolicy(name!, read));
        }
        else if (own.Count == 0)
        {
            erasureCoding.Add(name!);
        }

        foreach (var mistake in own)
            mistakes.Add($"{kind ?? "document"} {name ?? FormattableString.Invariant($"{number}")}: {mistake}");
    }

    private static string? Text(JsonNode json, string key) =>
        (json as JsonObject)?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex(@"\A(?=.{1,253}\z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex ObjectName();
}
