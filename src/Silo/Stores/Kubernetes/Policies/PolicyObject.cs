using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Storage.Policies;

namespace Actors.Silo.Stores.Kubernetes.Policies;

/// <summary>Policies as the API server has them. Nothing of them is certain but their names.</summary>
internal static class PolicyObject
{
    /// <summary>Reads a storage policy; every mistake in it is told.</summary>
    public static SourcedPolicy Read(JsonObject json)
    {
        var mistakes = new List<string>();
        var policy = PolicyFile.Read(json, mistakes);
        return new SourcedPolicy(NameOf(json), IdOf(json), GenerationOf(json), policy, mistakes, StatusOf(json));
    }

    /// <summary>Reads an erasure coding policy.</summary>
    public static SourcedErasureCodingPolicy ReadErasureCoding(JsonObject json) => new(
        NameOf(json), IdOf(json), GenerationOf(json),
        (json["status"] as JsonObject)?["conditions"] is JsonArray conditions && conditions.Any(static one => KubernetesJson.Text(one, "type") == "ErasureCoding" && KubernetesJson.Text(one, "status") == "False"));

    /// <summary>What is applied to make a status the object's, if it is still the object that was read.</summary>
    public static JsonObject Status(string kind, string name, string id, JsonObject status) => new()
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["uid"] = id },
        ["status"] = WithoutNulls(status),
    };

    /// <summary>The status of an erasure coding policy.</summary>
    public static JsonObject ErasureCodingStatus(DateTimeOffset now)
    {
        var condition = PolicyCondition.ErasureCodingNotSupported(now);
        return new JsonObject { ["phase"] = "Invalid", ["message"] = condition.Message, ["conditions"] = new JsonArray(JsonSerializer.SerializeToNode(condition)) };
    }

    private static string NameOf(JsonObject json) => KubernetesJson.Text(json, "metadata", "name") ?? "";

    private static string IdOf(JsonObject json) => KubernetesJson.Text(json, "metadata", "uid") ?? "";

    private static long GenerationOf(JsonObject json) => KubernetesJson.Long(json, "metadata", "generation") ?? 0;

    /// <summary>A status that somebody has spoilt is begun anew: nothing can be counted on from it.</summary>
    private static StoragePolicyStatus StatusOf(JsonObject json)
    {
        try
        {
            return StoragePolicyStatus.FromJson(json["status"]);
        }
        catch (JsonException)
        {
            return new StoragePolicyStatus();
        }
    }

    /// <summary>A field that is null would be owned all the same.</summary>
    private static JsonObject WithoutNulls(JsonObject json) => new(json.Where(static pair => pair.Value is not null).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
}
