using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Storage.Tests.BackEnds.Rest;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>LINSTOR's controller in the test's process: it enforces its rules (one resource a node, room, no deletion of what is in use or the last disk) and answers in its shapes, errors in ApiCallRc.</summary>
internal sealed partial class FakeLinstor : FakeRestService
{
    private const long ErrorCode = unchecked((long)0xC000_0000_0000_03E7);
    private const long DoneCode = 1;

    private int _made;

    public FakeLinstor()
        : base("/")
    {
    }

    public Dictionary<(string Node, string Pool), Pool> Pools { get; } = [];

    public Dictionary<string, Definition> Definitions { get; } = [];

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

        /// <summary>Pairs of nodes whose connection is lost.</summary>
        public HashSet<(string, string)> Lost { get; } = [];

        public bool AreConnected(Resource one, Resource other) =>
            !one.IsConnecting && !other.IsConnecting && !Lost.Contains((one.Node, other.Node)) && !Lost.Contains((other.Node, one.Node));
    }

    public sealed class Resource(string uuid, string node)
    {
        public string Uuid { get; } = uuid;

        public string Node { get; } = node;

        public string? Pool { get; set; }

        public double DonePercent { get; set; }

        public bool IsInUse { get; set; }

        public bool IsFailed { get; set; }

        /// <summary>Until a moment after it is made.</summary>
        public bool IsConnecting { get; set; }

        public bool IsUpToDate => Pool is not null && DonePercent >= 100 && !IsFailed;
    }

    public Resource Add(string definition, string node, string? pool, double donePercent = 100)
    {
        var resource = new Resource(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{++_made:x12}"), node) { Pool = pool, DonePercent = donePercent };
        Definitions[definition].Resources.Add(resource);
        if (pool is not null) Pools[(node, pool)].UsedKiB += Definitions[definition].SizeKiB;
        return resource;
    }

    /// <summary>Whether it tells of DRBD's connections.</summary>
    public bool TellsConnections { get; set; } = true;

    /// <summary>A moment: syncs go on, unless they are paused.</summary>
    public void Pass()
    {
        lock (Gate)
        {
            foreach (var resource in Definitions.Values.SelectMany(definition => definition.Resources)) resource.IsConnecting = false;
            foreach (var resource in Definitions.Values.Where(definition => definition.Resources.Exists(other => other.IsUpToDate)).SelectMany(definition => definition.Resources).Where(resource => resource.Pool is not null))
                resource.DonePercent = Math.Min(100, resource.DonePercent + (IsPaused(resource) ? 0 : 40));
        }
    }

    // At 1 KiB/s nothing that anybody sees.
    private bool IsPaused(Resource resource) =>
        Definitions.Values.Single(definition => definition.Resources.Contains(resource)).Props.GetValueOrDefault("DrbdOptions/PeerDevice/c-max-rate") == "1";

    protected override (int Status, string Body) Answer(string method, string[] parts, IReadOnlyDictionary<string, string> query, JsonNode? body) => (method, parts) switch
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
        _ => AnswerNetwork(method, parts, body),
    };

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
        Add(name, node, pool, 0).IsConnecting = true;
        return Done();
    }

    private (int, string) Toggle(string name, string node, JsonNode body)
    {
        if (Definitions[name].Resources.Find(resource => resource.Node == node) is not { } resource) return Refuse(404, $"Resource '{name}' on node '{node}' not found.");
        if ((string?)body["operation"] == "INTO_DRBD_DISKLESS") return TakeDisk(Definitions[name], resource);
        if ((string?)body["operation"] != "INTO_DRBD_DISKFUL") return Refuse(400, "operation");
        if (resource.Pool is not null) return Done(); // is already diskful: INFO
        (resource.Pool, resource.DonePercent) = ((string)body["storage_pool"]!, 0);
        Pools[(node, resource.Pool)].UsedKiB += Definitions[name].SizeKiB;
        return Done();
    }

    private (int, string) TakeDisk(Definition definition, Resource resource)
    {
        if (resource.Pool is null) return Done(); // is already diskless: INFO
        if (definition.Resources.TrueForAll(other => other == resource || !other.IsUpToDate)) return Refuse(500, "Cannot remove the disk from the only online resource with a disk");
        Pools[(resource.Node, resource.Pool)].UsedKiB -= definition.SizeKiB;
        (resource.Pool, resource.DonePercent) = (null, 0);
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

    private JsonObject ResourceOf(string name, Definition definition, Resource resource)
    {
        var state = new JsonObject { ["disk_state"] = resource.IsFailed ? "Failed" : resource.Pool is null ? "Diskless" : resource.IsUpToDate ? "UpToDate" : "Inconsistent" };
        var peers = definition.Resources.Where(other => other != resource).ToList();
        if (resource.Pool is not null)
        {
            state["replication_states"] = new JsonObject(peers.Where(other => definition.AreConnected(resource, other)).Select(other => KeyValuePair.Create(
                other.Node, (JsonNode?)Replication(resource, other))));
        }

        return new JsonObject
        {
            ["name"] = name,
            ["node_name"] = resource.Node,
            ["uuid"] = resource.Uuid,
            ["props"] = new JsonObject(),
            ["flags"] = resource.Pool is null ? new JsonArray("DISKLESS", "DRBD_DISKLESS", "TIE_BREAKER") : new JsonArray(),
            ["state"] = new JsonObject { ["in_use"] = resource.IsInUse },
            ["layer_object"] = new JsonObject
            {
                ["type"] = "DRBD",
                ["children"] = new JsonArray(new JsonObject { ["type"] = "STORAGE" }),
                ["drbd"] = !TellsConnections ? new JsonObject() : new JsonObject { ["connections"] = new JsonObject(peers.Select(other => KeyValuePair.Create(other.Node, (JsonNode?)Connection(definition.AreConnected(resource, other))))) },
            },
            ["volumes"] = new JsonArray(new JsonObject { ["volume_number"] = 0, ["storage_pool_name"] = resource.Pool ?? "DfltDisklessStorPool", ["provider_kind"] = resource.Pool is null ? "DISKLESS" : "LVM_THIN", ["state"] = state }),
        };
    }

    private static JsonObject Replication(Resource resource, Resource other) =>
        !resource.IsUpToDate && other.IsUpToDate ? new() { ["replication_state"] = "SyncTarget", ["done_percentage"] = resource.DonePercent }
        : new() { ["replication_state"] = resource.IsUpToDate && other.Pool is not null && !other.IsUpToDate ? "SyncSource" : "Established" };

    private static JsonObject Connection(bool isConnected) => new() { ["connected"] = isConnected, ["message"] = isConnected ? "Connected" : "Connecting" };

    private static (int, string) Done() => (200, new JsonArray(new JsonObject { ["ret_code"] = DoneCode, ["message"] = "done" }).ToJsonString());

    private static (int, string) Refuse(int status, string message) =>
        (status, new JsonArray(new JsonObject { ["ret_code"] = ErrorCode, ["message"] = message, ["correction"] = "Look." }).ToJsonString());
}
