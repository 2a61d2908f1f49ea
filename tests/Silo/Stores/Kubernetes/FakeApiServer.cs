using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>
/// The part of a Kubernetes API server that the silos need, with its real shapes: ObjectMeta, resourceVersions that grow over all objects, Status
/// objects for errors, lists in pages, server-side apply, watches with history, bookmarks and 410 Gone. What is written must fit the definition of its
/// kind (<see cref="ObjectRules"/>). Tests make it slow, deaf and forgetful, and see what it was asked.
/// </summary>
public sealed partial class FakeApiServer : IAsyncDisposable
{
    private static readonly string[] Known = ["actors.billyronks.io/v1/clustermemberships", "coordination.k8s.io/v1/leases", StoragePolicies, ErasureCodingPolicies];

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Resource, string Name), JsonObject> _objects = [];
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private long _resourceVersion = 100;

    private FakeApiServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>The token that it accepts.</summary>
    public string Token { get; set; } = "first";

    /// <summary>May answer a request itself (true), or let it pass; null: all pass.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>What the service account may do; what it may not is answered with 403.</summary>
    public Func<ApiAccess, bool> Allows { get; set; } = static _ => true;

    /// <summary>What was asked of it, in the words of its permissions.</summary>
    public ConcurrentQueue<ApiAccess> Accesses { get; } = new();

    /// <summary>Starts a server; with a certificate it speaks TLS.</summary>
    public static async Task<FakeApiServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var server = new FakeApiServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Changes an object as a person does with kubectl edit.</summary>
    public void Edit(Action<JsonObject> change)
    {
        lock (_lock)
        {
            var (key, json) = _objects.Single(static pair => pair.Key.Resource.EndsWith("clustermemberships", StringComparison.Ordinal));
            var copy = (JsonObject)json.DeepClone();
            change(copy);
            Store("MODIFIED", key, copy);
        }
    }

    /// <summary>The names of the leases that there are.</summary>
    public IReadOnlyList<string> LeaseNames
    {
        get
        {
            lock (_lock) return [.. _objects.Keys.Where(static key => key.Resource.EndsWith("/leases", StringComparison.Ordinal)).Select(static key => key.Name)];
        }
    }

    /// <summary>Removes all leases as a person does with kubectl delete.</summary>
    public void RemoveLeases()
    {
        lock (_lock)
        {
            foreach (var (key, json) in _objects.Where(static pair => pair.Key.Resource.EndsWith("/leases", StringComparison.Ordinal)).ToList())
                Store("DELETED", key, (JsonObject)json.DeepClone());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        CutWatches(withConnection: true);
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>An error as the API server says it.</summary>
    public static Task RefuseAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        return WriteAsync(context, Status(code, reason, message));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Intercept is { } intercept && await intercept(context)) return;
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            await RefuseAsync(context, 401, "Unauthorized", "Unauthorized");
            return;
        }

        if (ApiPath.Of(context.Request.Path.Value!) is not { } path || !Known.Contains(path.Resource) || path.IsNamespaced == path.Resource is StoragePolicies or ErasureCodingPolicies || UnknownKinds.Contains(path.Resource))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("404 page not found\n");
            return;
        }

        var (resource, kind) = (path.Resource, path.Subresource is null ? path.Kind : $"{path.Kind}/{path.Subresource}");
        var access = ApiAccess.Of(context.Request, path.Group, kind, path.Name);
        Accesses.Enqueue(access);
        if (!Allows(access))
        {
            await RefuseAsync(context, 403, "Forbidden", $"{kind}.{path.Group} \"{access.Name}\" is forbidden: User \"silo\" cannot {access.Verb} resource \"{kind}\"");
            return;
        }

        if (context.Request.Query.ContainsKey("watch"))
        {
            await WatchAsync(context, resource);
            return;
        }

        var body = context.Request.Method is "POST" or "PUT" or "PATCH" ? (JsonObject?)await JsonNode.ParseAsync(context.Request.Body) : null;
        var name = path.Name ?? body?["metadata"]?["name"]?.ToString();
        var isApplied = context.Request.ContentType?.StartsWith("application/apply-patch+yaml", StringComparison.Ordinal) == true;
        (int Code, JsonObject Body) answer;
        lock (_lock) answer = isApplied && path.Subresource == "status" ? Apply(context, path, body!) : Act(context, resource, name, body);
        context.Response.StatusCode = answer.Code;
        await WriteAsync(context, answer.Body);
    }

    private (int Code, JsonObject Body) Act(HttpContext context, string resource, string? name, JsonObject? body)
    {
        var key = (resource, name ?? "");
        var found = _objects.GetValueOrDefault(key);
        var missing = (404, Status(404, "NotFound", $"{resource} \"{name}\" not found"));
        switch (context.Request.Method)
        {
            case "GET" when name is null:
                return List(context, resource);
            case "GET":
                return found is null ? missing : (200, (JsonObject)found.DeepClone());
            case "POST":
                if (found is not null) return (409, Status(409, "AlreadyExists", $"{resource} \"{name}\" already exists"));
                if (Unfit(resource, name!, body!, null) is { } unfit) return unfit;
                var meta = (JsonObject)body!["metadata"]!;
                meta["uid"] = Guid.NewGuid().ToString();
                meta["creationTimestamp"] = "2026-01-01T00:00:00Z";
                return (201, Store("ADDED", key, body));
            case "PUT":
                if (found is null) return missing;
                var expected = body!["metadata"]?["resourceVersion"]?.ToString();
                if (expected is null) return (422, Status(422, "Invalid", "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"));
                if (expected != found["metadata"]!["resourceVersion"]!.ToString())
                    return (409, Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again"));
                return Unfit(resource, name!, body, found) ?? (200, Store("MODIFIED", key, body));
            case "PATCH":
                if (context.Request.ContentType?.StartsWith("application/merge-patch+json", StringComparison.Ordinal) != true)
                    return (415, Status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"));
                if (found is null) return missing;
                var merged = (JsonObject)found.DeepClone();
                Merge(merged, body!);
                return Unfit(resource, name!, merged, found) ?? (200, Store("MODIFIED", key, merged));
            case "DELETE":
                if (found is null) return missing;
                Store("DELETED", key, (JsonObject)found.DeepClone());
                return (200, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
            default:
                return (405, Status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"));
        }
    }

    /// <summary>Refuses what the definition does not allow; an object that a test has spoilt already may stay so.</summary>
    private static (int, JsonObject)? Unfit(string resource, string name, JsonObject json, JsonObject? stored) =>
        (stored is null || ObjectRules.Check(resource, name, stored) is null) && ObjectRules.Check(resource, name, json) is { } problem
            ? (422, Status(422, "Invalid", problem))
            : null;

    private JsonObject Store(string type, (string Resource, string Name) key, JsonObject json)
    {
        _resourceVersion++;
        json["metadata"]!["resourceVersion"] = _resourceVersion.ToString(CultureInfo.InvariantCulture);
        if (type == "DELETED") _objects.Remove(key);
        else _objects[key] = json;
        var change = new Event(_resourceVersion, type, key.Resource, json);
        _history.Add(change);
        foreach (var watcher in _watchers.Where(watcher => watcher.Resource == key.Resource)) watcher.Events.Writer.TryWrite(change);
        return (JsonObject)json.DeepClone();
    }

    private static async Task WriteAsync(HttpContext context, JsonObject json)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(json));
    }

    private JsonObject VersionNow() => new() { ["resourceVersion"] = _resourceVersion.ToString(CultureInfo.InvariantCulture) };

    private static JsonObject Status(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) into.Remove(name);
            else if (value is JsonObject inner && into[name] is JsonObject outer) Merge(outer, inner);
            else into[name] = value.DeepClone();
        }
    }
}
