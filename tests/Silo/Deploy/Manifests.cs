using System.Text.Json.Nodes;
using Actors.Harness;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Deploy;

/// <summary>What kubectl makes of deploy/k8s: the objects that reach the API server.</summary>
public sealed class Manifests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<Manifests>> Rendered = new(RenderAsync);

    private Manifests(IReadOnlyList<JsonObject> objects) => Objects = objects;

    /// <summary>All objects.</summary>
    public IReadOnlyList<JsonObject> Objects { get; }

    /// <summary>The silos.</summary>
    public JsonObject StatefulSet => Find("StatefulSet", "actors");

    /// <summary>What each pod is made of.</summary>
    public JsonObject Pod => (JsonObject)StatefulSet["spec"]!["template"]!["spec"]!;

    /// <summary>The one container of a pod.</summary>
    public JsonObject Container => (JsonObject)Pod["containers"]!.AsArray().Single()!;

    /// <summary>The labels of each pod, as its template gives them.</summary>
    public JsonObject PodLabels => (JsonObject)StatefulSet["spec"]!["template"]!["metadata"]!["labels"]!;

    /// <summary>The container's ports by their names.</summary>
    public Dictionary<string, int> Ports => Container["ports"]!.AsArray().ToDictionary(static port => (string)port!["name"]!, static port => (int)port!["containerPort"]!);

    /// <summary>Renders deploy/k8s; once for all tests.</summary>
    public static Task<Manifests> ReadAsync() => Rendered.Value;

    /// <summary>The object of this kind and name.</summary>
    public JsonObject Find(string kind, string name) => Objects.Single(json => (string?)json["kind"] == kind && NameOf(json) == name);

    /// <summary>"Kind/name", with the namespace in front where the object has one.</summary>
    public static string Title(JsonObject json) =>
        ((string?)json["metadata"]!["namespace"] is { } space ? space + "/" : "") + $"{json["kind"]}/{NameOf(json)}";

    /// <summary>Whether a selector takes objects with these labels.</summary>
    public static bool Selects(JsonNode selector, JsonObject labels) =>
        selector.AsObject() is { Count: > 0 } wanted && wanted.All(pair => (string?)labels[pair.Key] == (string?)pair.Value);

    private static string NameOf(JsonObject json) => (string)json["metadata"]!["name"]!;

    private static async Task<Manifests> RenderAsync()
    {
        var ending = await ForeignProgram.RunAsync("kubectl", ["kustomize", Path.Combine(Repository.Root, "deploy", "k8s")], "", Limit);
        return new Manifests(Yaml.Read(ending.OutputOfSuccess()));
    }
}
