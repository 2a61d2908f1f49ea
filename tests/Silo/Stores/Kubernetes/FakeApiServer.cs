using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>
/// The part of a Kubernetes API server that objects in a namespace need, with its real shapes: ObjectMeta, resourceVersions that grow over
/// all objects, Status objects for errors, watches with history, bookmarks and 410 Gone. Tests make it slow, deaf and forgetful.
/// </summary>
public sealed class FakeApiServer : IAsyncDisposable
{
    private const int WaitingEvents = 1000;
    private static readonly string[] Known = ["actors.billyronks.io/v1/clustermemberships", "coordination.k8s.io/v1/leases"];

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Resource, string Name), JsonObject> _objects = [];
    private readonly List<Event> _history = [];
    private readonly List<Watcher> _watchers = [];
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private long _resourceVersion = 100;
    private long _oldest = 100;

    private FakeApiServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>The token that it accepts.</summary>
    public string Token { get; set; } = "first";

    /// <summary>May answer a request itself (true), or let it pass; null: all pass.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>How many watches are open.</summary>
    public int Watches
    {
        get
        {
            lock (_lock) return _watchers.Count;
        }
    }

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

    /// <summary>How often the list of one object was read that a watch starts from.</summary>
    public int Lists { get; private set; }

    /// <summary>Forgets all history, as etcd's compaction does: an older resourceVersion is answered with 410.</summary>
    /// <param name="changesElsewhere">Changes of other objects before that.</param>
    public void Compact(int changesElsewhere)
    {
        lock (_lock)
        {
            _resourceVersion += changesElsewhere;
            _oldest = _resourceVersion;
            _history.Clear();
        }
    }

    /// <summary>Tells every watch how far it is.</summary>
    public void SendBookmarks()
    {
        lock (_lock)
        {
            _resourceVersion++;
            foreach (var watcher in _watchers) watcher.Events.Writer.TryWrite(new Event(_resourceVersion, "BOOKMARK", "", new JsonObject { ["metadata"] = Version() }));
        }
    }

    /// <summary>Ends every watch: with its connection, or as a server does whose time is up.</summary>
    public void CutWatches(bool withConnection)
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                if (withConnection) watcher.Context.Abort();
                else watcher.Events.Writer.TryComplete();
            }
        }
    }

    /// <summary>Lets every watch stay open and hear nothing any more.</summary>
    public void DeafenWatches()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.IsDeaf = true;
            _watchers.RemoveAll(static watcher => watcher.IsDeaf);
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

        // /apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE[/NAME]
        var parts = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["apis", var group, var version, "namespaces", _, var kind, ..] || !Known.Contains($"{group}/{version}/{kind}"))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("404 page not found\n");
            return;
        }

        var resource = $"{group}/{version}/{kind}";
        if (context.Request.Query.ContainsKey("watch"))
        {
            await WatchAsync(context, resource);
            return;
        }

        var body = context.Request.Method is "POST" or "PUT" or "PATCH" ? (JsonObject?)await JsonNode.ParseAsync(context.Request.Body) : null;
        var name = parts.ElementAtOrDefault(6) ?? body?["metadata"]?["name"]?.ToString();
        (int Code, JsonObject Body) answer;
        lock (_lock) answer = Act(context, resource, name, body);
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
                var label = context.Request.Query["labelSelector"].ToString();
                var field = context.Request.Query["fieldSelector"].ToString();
                if (field.Length > 0) Lists++;
                var items = _objects.Where(pair => pair.Key.Resource == resource && (label.Length == 0 || pair.Value["metadata"]?["labels"]?[label] is not null) && (field.Length == 0 || field == $"metadata.name={pair.Key.Name}"));
                return (200, new JsonObject { ["kind"] = "List", ["metadata"] = Version(), ["items"] = new JsonArray([.. items.Select(static pair => pair.Value.DeepClone())]) });
            case "GET":
                return found is null ? missing : (200, (JsonObject)found.DeepClone());
            case "POST":
                if (found is not null) return (409, Status(409, "AlreadyExists", $"{resource} \"{name}\" already exists"));
                var meta = (JsonObject)body!["metadata"]!;
                meta["uid"] = Guid.NewGuid().ToString();
                meta["creationTimestamp"] = "2026-01-01T00:00:00Z";
                return (201, Store("ADDED", key, body));
            case "PUT":
                if (found is null) return missing;
                var expected = body!["metadata"]?["resourceVersion"]?.ToString();
                if (expected is null) return (422, Status(422, "Invalid", "metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"));
                return expected == found["metadata"]!["resourceVersion"]!.ToString()
                    ? (200, Store("MODIFIED", key, body))
                    : (409, Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again"));
            case "PATCH":
                if (context.Request.ContentType?.StartsWith("application/merge-patch+json", StringComparison.Ordinal) != true)
                    return (415, Status(415, "UnsupportedMediaType", "the body of the request was in an unknown format"));
                if (found is null) return missing;
                var merged = (JsonObject)found.DeepClone();
                Merge(merged, body!);
                return (200, Store("MODIFIED", key, merged));
            case "DELETE":
                if (found is null) return missing;
                Store("DELETED", key, (JsonObject)found.DeepClone());
                return (200, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
            default:
                return (405, Status(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"));
        }
    }

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

    private async Task WatchAsync(HttpContext context, string resource)
    {
        var from = long.Parse(context.Request.Query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        var watcher = new Watcher(resource, Channel.CreateBounded<Event>(WaitingEvents), context);
        bool isTooOld;
        lock (_lock)
        {
            isTooOld = from < _oldest;
            foreach (var past in _history.Where(past => past.ResourceVersion > from && past.Resource == resource)) watcher.Events.Writer.TryWrite(past);
            _watchers.Add(watcher);
        }

        try
        {
            await context.Response.StartAsync(_stopping.Token);
            if (isTooOld)
            {
                await LineAsync(context, new JsonObject { ["type"] = "ERROR", ["object"] = Status(410, "Expired", "too old resource version") });
                return;
            }

            await context.Response.Body.FlushAsync(_stopping.Token);
            await foreach (var change in watcher.Events.Reader.ReadAllAsync(context.RequestAborted))
                await LineAsync(context, new JsonObject { ["type"] = change.Type, ["object"] = change.Json.DeepClone() });
        }
        catch (OperationCanceledException)
        {
            // The client, or the test, has cut it off.
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    private static async Task LineAsync(HttpContext context, JsonObject json)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json.ToJsonString() + "\n"));
        await context.Response.Body.FlushAsync();
    }

    private static async Task WriteAsync(HttpContext context, JsonObject json)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(json));
    }

    private JsonObject Version() => new() { ["resourceVersion"] = _resourceVersion.ToString(CultureInfo.InvariantCulture) };

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

    private sealed record Event(long ResourceVersion, string Type, string Resource, JsonObject Json);

    private sealed record Watcher(string Resource, Channel<Event> Events, HttpContext Context)
    {
        public bool IsDeaf { get; set; }
    }
}
