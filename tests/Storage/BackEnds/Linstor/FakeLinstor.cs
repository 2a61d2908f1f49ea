using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Actors.Harness;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>LINSTOR's controller in the test's process: it enforces its rules (one resource a node, room, no deletion of what is in use or the last disk) and answers in its shapes, errors in ApiCallRc.</summary>
internal sealed class FakeLinstor : IAsyncDisposable
{
    private const long ErrorCode = unchecked((long)0xC000_0000_0000_03E7);
    private const long DoneCode = 1;

    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Task _serving;
    private int _made;

    public FakeLinstor()
    {
        Address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{LoopbackPort.Next()}/"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public Dictionary<(string Node, string Pool), Pool> Pools { get; } = [];

    public Dictionary<string, Definition> Definitions { get; } = [];

    /// <summary>Every request that changes something.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Answers instead of the controller; null lets it answer.</summary>
    public Func<string, (int Status, string Body)?> Instead { get; set; } = _ => null;

    /// <summary>Answers after the controller has done what was asked.</summary>
    public Func<string, (int Status, string Body)?> Afterwards { get; set; } = _ => null;

    public sealed class Pool(long capacityKiB)
    {
        public long CapacityKiB { get; } = capacityKiB;

        public long UsedKiB { get; set; }

        public bool IsBroken { get; set; }
    }

    public sealed class Definition(long sizeKiB)
    {
        public long SizeKiB { get; } = sizeKiB;

        public Dictionary<string, string> Props { get; } = [];

        public List<Resource> Resources { get; } = [];
    }

    public sealed class Resource(string uuid, string node)
    {
        public string Uuid { get; } = uuid;

        public string Node { get; } = node;

        public string? Pool { get; set; }

        public double DonePercent { get; set; }

        public bool IsInUse { get; set; }

        public bool IsFailed { get; set; }

        public bool IsUpToDate => Pool is not null && DonePercent >= 100 && !IsFailed;
    }

    public Resource Add(string definition, string node, string? pool, double donePercent = 100)
    {
        var resource = new Resource(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{++_made:x12}"), node) { Pool = pool, DonePercent = donePercent };
        Definitions[definition].Resources.Add(resource);
        if (pool is not null) Pools[(node, pool)].UsedKiB += Definitions[definition].SizeKiB;
        return resource;
    }

    /// <summary>A moment: syncs go on.</summary>
    public void Pass()
    {
        lock (_gate)
        {
            foreach (var resource in Definitions.Values.Where(definition => definition.Resources.Exists(other => other.IsUpToDate)).SelectMany(definition => definition.Resources).Where(resource => resource.Pool is not null))
                resource.DonePercent = Math.Min(100, resource.DonePercent + 40);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var request = $"{context.Request.HttpMethod} {context.Request.RawUrl}";
            var (status, body) = Instead(request) ?? Answer(request, await reader.ReadToEndAsync());
            (status, body) = Afterwards(request) ?? (status, body);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            var content = System.Text.Encoding.UTF8.GetBytes(body);
            context.Response.ContentLength64 = content.Length; // headers and content in one piece: two wait for each other's acknowledgement
            await context.Response.OutputStream.WriteAsync(content);
            context.Response.Close();
        }
    }

    private (int Status, string Body) Answer(string request, string content)
    {
        lock (_gate)
        {
            var method = request[..request.IndexOf(' ', StringComparison.Ordinal)];
            var address = request[(method.Length + 1)..].Split('?');
            var query = (address.Length > 1 ? address[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
            var parts = address[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
            var body = content.Length == 0 ? null : JsonNode.Parse(content);
            if (method != "GET") Changes.Add($"{method} {string.Join('/', parts)}");
            return (method, parts) switch
            {
                ("GET", ["v1", "view", "storage-pools"]) => (200, new JsonArray([.. Pools.Select(pool => PoolOf(pool.Key.Node, pool.Key.Pool, pool.Value))]).ToJsonString()),
                ("GET", ["v1", "view", "resources"]) => (200, new JsonArray([.. Definitions.Where(definition => query.GetValueOrDefault("resources", definition.Key) == definition.Key)
                    .SelectMany(definition => definition.Value.Resources.Select(resource => ResourceOf(definition.Key, definition.Value, resource)))]).ToJsonString()),
                ("GET", ["v1", "resource-definitions"]) => (200, new JsonArray([.. Definitions.Where(definition => query.GetValueOrDefault("resource_definitions", definition.Key) == definition.Key)
                    .Select(definition => DefinitionOf(definition.Key, definition.Value))]).ToJsonString()),
                (_, ["v1", "resource-definitions", var name, ..]) when !Definitions.ContainsKey(name) => Refuse(404, $"Resource definition '{name}' not found."),
                ("PUT", ["v1", "resource-definitions", var name]) => Set(Definitions[name], body!),
                ("POST", ["v1", "resource-definitions", var name, "resources", var node]) => Create(name, node, (string?)body!["resource"]!["props"]!["StorPoolName"]),
                ("PUT", ["v1", "resource-definitions", var name, "resources", var node, "toggle-disk"]) => Toggle(name, node, body!),
                ("DELETE", ["v1", "resource-definitions", var name, "resources", var node]) => Delete(Definitions[name], node),
                _ => Refuse(404, $"no handler of {request}"),
            };
        }
    }

    private static (int, string) Set(Definition definition, JsonNode body)
    {
        foreach (var (name, value) in body["override_props"]!.AsObject()) definition.Props[name] = (string)value!;
        foreach (var name in body["delete_props"]!.AsArray()) definition.Props.Remove((string)name!);
        return Done();
    }

    private (int, string) Create(string name, string node, string? pool)
    {
        if (Definitions[name].Resources.Exists(resource => resource.Node == node)) return Refuse(500, $"A resource '{name}' on node '{node}' already exists.");
        if (pool is null || !Pools.TryGetValue((node, pool), out var place)) return Refuse(404, $"Storage pool '{pool}' on node '{node}' not found.");
        if (place.CapacityKiB - place.UsedKiB < Definitions[name].SizeKiB) return Refuse(500, "Not enough free space available.");
        Add(name, node, pool, 0);
        return Done();
    }

    private (int, string) Toggle(string name, string node, JsonNode body)
    {
        if (Definitions[name].Resources.Find(resource => resource.Node == node) is not { } resource) return Refuse(404, $"Resource '{name}' on node '{node}' not found.");
        if ((string?)body["operation"] != "INTO_DRBD_DISKFUL") return Refuse(400, "operation");
        if (resource.Pool is not null) return Done(); // is already diskful: INFO
        resource.Pool = (string)body["storage_pool"]!;
        Pools[(node, resource.Pool)].UsedKiB += Definitions[name].SizeKiB;
        return Done();
    }

    private (int, string) Delete(Definition definition, string node)
    {
        if (definition.Resources.Find(resource => resource.Node == node) is not { } resource) return (200, new JsonArray(new JsonObject { ["ret_code"] = unchecked((long)0x8000_0000_0000_0001), ["message"] = "not found" }).ToJsonString());
        if (resource.IsInUse) return Refuse(500, $"Resource on node '{node}' is still in use.");
        if (resource.Pool is not null && definition.Resources.TrueForAll(other => other == resource || !other.IsUpToDate)) return Refuse(500, "Cannot remove the disk from the only online resource with a disk");
        definition.Resources.Remove(resource);
        if (resource.Pool is not null) Pools[(node, resource.Pool)].UsedKiB -= definition.SizeKiB;
        return Done();
    }

    private static JsonObject PoolOf(string node, string name, Pool pool)
    {
        var shown = new JsonObject
        {
            ["storage_pool_name"] = name,
            ["node_name"] = node,
            ["provider_kind"] = "LVM_THIN",
            ["props"] = new JsonObject { ["StorDriver/LvmVg"] = "vg", ["Aux/tier"] = name },
            ["free_capacity"] = pool.CapacityKiB - pool.UsedKiB,
            ["total_capacity"] = pool.CapacityKiB,
            ["uuid"] = node + name,
        };
        if (pool.IsBroken) shown["reports"] = new JsonArray(new JsonObject { ["ret_code"] = ErrorCode, ["message"] = "Volume group not found" });
        return shown;
    }

    private static JsonObject DefinitionOf(string name, Definition definition) => new()
    {
        ["name"] = name,
        ["resource_group_name"] = "fast",
        ["uuid"] = "d-" + name,
        ["props"] = new JsonObject(definition.Props.Select(prop => KeyValuePair.Create(prop.Key, (JsonNode?)prop.Value))),
        ["volume_definitions"] = new JsonArray(new JsonObject { ["volume_number"] = 0, ["size_kib"] = definition.SizeKiB }),
    };

    private static JsonObject ResourceOf(string name, Definition definition, Resource resource)
    {
        var state = new JsonObject { ["disk_state"] = resource.IsFailed ? "Failed" : resource.Pool is null ? "Diskless" : resource.IsUpToDate ? "UpToDate" : "Inconsistent" };
        if (resource.Pool is not null && !resource.IsUpToDate)
        {
            state["replication_states"] = new JsonObject(definition.Resources.Where(other => other != resource).Select(other => KeyValuePair.Create(
                other.Node, (JsonNode?)new JsonObject { ["replication_state"] = "SyncTarget", ["done_percentage"] = resource.DonePercent })));
        }

        return new JsonObject
        {
            ["name"] = name,
            ["node_name"] = resource.Node,
            ["uuid"] = resource.Uuid,
            ["props"] = new JsonObject(),
            ["flags"] = resource.Pool is null ? new JsonArray("DISKLESS", "DRBD_DISKLESS", "TIE_BREAKER") : new JsonArray(),
            ["state"] = new JsonObject { ["in_use"] = resource.IsInUse },
            ["volumes"] = new JsonArray(new JsonObject { ["volume_number"] = 0, ["storage_pool_name"] = resource.Pool ?? "DfltDisklessStorPool", ["provider_kind"] = resource.Pool is null ? "DISKLESS" : "LVM_THIN", ["state"] = state }),
        };
    }

    private static (int, string) Done() => (200, new JsonArray(new JsonObject { ["ret_code"] = DoneCode, ["message"] = "done" }).ToJsonString());

    private static (int, string) Refuse(int status, string message) =>
        (status, new JsonArray(new JsonObject { ["ret_code"] = ErrorCode, ["message"] = message, ["correction"] = "Look." }).ToJsonString());
}
