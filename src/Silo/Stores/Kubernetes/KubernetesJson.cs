using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>Reads JSON of which nothing is certain: what is missing or of another kind is null, and nothing throws.</summary>
internal static class KubernetesJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>A JSON object; null when it is something else, or names a member twice.</summary>
    public static JsonObject? Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, null, Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text at a path of members.</summary>
    public static string? Text(JsonNode? json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The whole number of 32 bits at a path of members.</summary>
    public static int? Number(JsonNode? json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    /// <summary>The whole number of 64 bits at a path of members.</summary>
    public static long? Long(JsonNode? json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static JsonNode? At(JsonNode? json, ReadOnlySpan<string> path)
    {
        foreach (var name in path) json = (json as JsonObject)?[name];
        return json;
    }
}
