using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Objects that people write and the silos give a status: generations, the status as a resource of its own, and fields with owners.</summary>
public sealed partial class FakeApiServer
{
    /// <summary>Group, version and plural of storage policies.</summary>
    public const string StoragePolicies = "storage.billyronks.io/v1/storagepolicies";

    /// <summary>Group, version and plural of erasure coding policies.</summary>
    public const string ErasureCodingPolicies = "storage.billyronks.io/v1/erasurecodingpolicies";

    private readonly Dictionary<(string Uid, string Field), string> _owners = [];

    /// <summary>Kinds that the server does not know, because nobody has applied their definition.</summary>
    public HashSet<string> UnknownKinds { get; } = [];

    /// <summary>Writes an object as kubectl apply does: the status stays, and the generation rises with the spec.</summary>
    /// <param name="resource">Its kind.</param>
    /// <param name="json">The object.</param>
    /// <param name="isChecked">False for one that was stored before its definition had rules.</param>
    public void Put(string resource, JsonObject json, bool isChecked = true)
    {
        lock (_lock)
        {
            var name = (string)json["metadata"]!["name"]!;
            var stored = _objects.GetValueOrDefault((resource, name));
            var written = (JsonObject)json.DeepClone();
            if (isChecked)
            {
                ObjectRules.Default(resource, written);
                if (ObjectRules.Check(resource, name, written) is { } problem) throw new ArgumentException(problem, nameof(json));
            }

            var meta = (JsonObject)written["metadata"]!;
            meta["uid"] = stored?["metadata"]!["uid"]!.DeepClone() ?? Guid.NewGuid().ToString();
            meta["creationTimestamp"] = "2026-01-01T00:00:00Z";
            var generation = stored is null ? 1 : (long)stored["metadata"]!["generation"]! + (JsonNode.DeepEquals(stored["spec"], written["spec"]) ? 0 : 1);
            meta["generation"] = generation;
            if (stored?["status"] is { } status) written["status"] = status.DeepClone();
            Store(stored is null ? "ADDED" : "MODIFIED", (resource, name), written);
        }
    }

    /// <summary>Removes an object as kubectl delete does.</summary>
    public void Remove(string resource, string name)
    {
        lock (_lock) Store("DELETED", (resource, name), (JsonObject)_objects[(resource, name)].DeepClone());
    }

    /// <summary>An object as it is stored.</summary>
    public JsonObject Read(string resource, string name)
    {
        lock (_lock) return (JsonObject)_objects[(resource, name)].DeepClone();
    }

    /// <summary>Who owns a field of an object's status; null when nobody does.</summary>
    public string? OwnerOf(string resource, string name, string field)
    {
        lock (_lock) return _owners.GetValueOrDefault((UidOf(_objects[(resource, name)]), field));
    }

    /// <summary>Writes a field of an object's status as somebody else.</summary>
    public void Meddle(string resource, string name, string field, JsonNode? value, string owner)
    {
        lock (_lock)
        {
            var json = (JsonObject)_objects[(resource, name)].DeepClone();
            if (json["status"] is not JsonObject) json["status"] = new JsonObject();
            json["status"]![field] = value;
            _owners[(UidOf(json), field)] = owner;
            Store("MODIFIED", (resource, name), json);
        }
    }

    /// <summary>A server-side apply of the status.</summary>
    private (int Code, JsonObject Body) Apply(HttpContext context, ApiPath path, JsonObject body)
    {
        var query = context.Request.Query;
        var manager = query["fieldManager"].ToString();
        if (manager.Length == 0) return (400, Status(400, "BadRequest", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"));
        if ((string?)body["apiVersion"] != $"{path.Group}/{path.Version}" || (string?)body["kind"] is null) return (400, Status(400, "BadRequest", "invalid object type"));
        if ((string?)body["metadata"]?["name"] != path.Name) return (400, Status(400, "BadRequest", "the name of the object does not match the name on the URL"));
        if (body["metadata"]!["managedFields"] is not null) return (400, Status(400, "BadRequest", "metadata.managedFields must be nil"));
        if (!_objects.TryGetValue((path.Resource, path.Name!), out var found)) return (404, Status(404, "NotFound", $"{path.Kind}.{path.Group} \"{path.Name}\" not found"));
        var uid = UidOf(found);
        if ((string?)body["metadata"]!["uid"] is { } expected && expected != uid)
            return (409, Status(409, "Conflict", $"Operation cannot be fulfilled: Precondition failed: UID in precondition: {expected}, UID in object meta: {uid}"));
        var written = (JsonObject)found.DeepClone();
        if (written["status"] is not JsonObject) written["status"] = new JsonObject();
        var status = (JsonObject)written["status"]!;
        var applied = body["status"] as JsonObject ?? [];
        var taken = applied.Where(pair => _owners.TryGetValue((uid, pair.Key), out var owner) && owner != manager && !JsonNode.DeepEquals(status[pair.Key], pair.Value)).Select(static pair => pair.Key).ToList();
        if (taken.Count > 0 && query["force"] != "true")
            return (409, Status(409, "Conflict", $"Apply failed with {taken.Count} conflicts: {string.Join(", ", taken.Select(field => $"conflict with \"{_owners[(uid, field)]}\": .status.{field}"))}"));
        foreach (var left in _owners.Where(pair => pair.Key.Uid == uid && pair.Value == manager && !applied.ContainsKey(pair.Key.Field)).Select(static pair => pair.Key).ToList())
        {
            _owners.Remove(left);
            status.Remove(left.Field);
        }

        foreach (var (field, value) in applied) (status[field], _owners[(uid, field)]) = (value?.DeepClone(), manager);
        return Unfit(path.Resource, path.Name!, written, null) ?? (200, Store("MODIFIED", (path.Resource, path.Name!), written));
    }

    private static string UidOf(JsonObject json) => (string)json["metadata"]!["uid"]!;
}
