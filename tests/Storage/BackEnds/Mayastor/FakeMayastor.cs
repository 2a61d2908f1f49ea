using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Storage.Tests.BackEnds.Rest;

namespace Actors.Storage.Tests.BackEnds.Mayastor;

/// <summary>Mayastor's REST service in the test's process: it enforces the rules of its agents (counts, placement, order of removal, rebuilds in the target only) and answers in its shapes.</summary>
internal sealed class FakeMayastor : FakeRestService
{
    private int _made;

    public FakeMayastor()
        : base("/v0/")
    {
    }

    public Dictionary<string, List<string>> Nodes { get; } = [];

    public Dictionary<string, Pool> Pools { get; } = [];

    public Dictionary<string, Volume> Volumes { get; } = [];

    /// <summary>Looks at a volume that a change of its number of replicas lasts; the request itself is answered with a time-out then.</summary>
    public int LooksOfAChange { get; set; }

    /// <summary>Takes the newest replica whatever the order says (openebs/mayastor#1785).</summary>
    public bool TakesTheNewest { get; set; }

    public sealed record Pool(string Node, long CapacityBytes)
    {
        public Dictionary<string, string> Labels { get; } = [];

        public long UsedBytes { get; set; }

        public string Status { get; set; } = "Online";
    }

    public sealed class Volume(long sizeBytes)
    {
        public long SizeBytes { get; } = sizeBytes;

        public int Count { get; set; }

        public string? TargetNode { get; set; }

        public Dictionary<string, string> Inclusion { get; } = [];

        public List<Replica> Replicas { get; } = [];

        /// <summary>What is under way.</summary>
        public Action? Change { get; set; }

        public int LooksOfChange { get; set; }

        public bool IsOnline => Replicas.TrueForAll(replica => replica.IsHealthy);
    }

    public sealed class Replica(string id, string pool)
    {
        public string Id { get; } = id;

        public string Pool { get; } = pool;

        public int RebuiltPercent { get; set; }

        public bool IsChild { get; set; } = true;

        public int LooksWithoutChild { get; set; }

        public bool IsHealthy => IsChild && RebuiltPercent >= 100;

        public string Uri => $"nvmf://10.0.0.1:8420/nqn.2019-05.io.openebs:{Id}?uuid={Id}";
    }

    public void Add(string volume, long sizeBytes, string? target, params string[] pools)
    {
        var made = new Volume(sizeBytes) { Count = pools.Length, TargetNode = target };
        foreach (var pool in pools) Place(made, pool).RebuiltPercent = 100;
        Volumes.Add(volume, made);
    }

    /// <summary>A node dies with its pool and the replica of the volume there; Mayastor makes another elsewhere, by itself.</summary>
    public void Lose(string volume, string pool)
    {
        lock (Gate)
        {
            Volumes[volume].Replicas.RemoveAll(replica => replica.Pool == pool);
            Pools[pool].Status = "Unknown";
        }
    }

    /// <summary>A moment: rebuilds go on where there is a target, and the reconciler puts children back.</summary>
    public void Pass()
    {
        lock (Gate)
        {
            foreach (var volume in Volumes.Values.Where(volume => volume.TargetNode is not null))
            {
                if (volume.Replicas.Count < volume.Count && FindPool(volume) is { } pool) Place(volume, pool); // it heals itself
                foreach (var replica in volume.Replicas)
                {
                    if (replica.IsChild) replica.RebuiltPercent = Math.Min(100, replica.RebuiltPercent + 40);
                    else if (++replica.LooksWithoutChild >= 3) (replica.IsChild, replica.RebuiltPercent, replica.LooksWithoutChild) = (true, 0, 0);
                }
            }
        }
    }

    protected override (int Status, string Body) Answer(string method, string[] parts, IReadOnlyDictionary<string, string> query, JsonNode? body) => (method, parts) switch
    {
        ("GET", ["pools"]) => Ok(new JsonArray([.. Pools.Select(pool => PoolOf(pool.Key, pool.Value))])),
        ("GET", ["nodes"]) => Ok(new JsonArray([.. Nodes.Select(node => NodeOf(node.Key, node.Value))])),
        ("GET", ["volumes"]) => Page(query),
        ("GET", ["volumes", var id]) => Volumes.TryGetValue(id, out var volume) ? Look(id, volume) : Refuse(404, "NotFound", $"Volume '{id}' not found"),
        ("GET", ["replicas", var id]) => Volumes.Values.SelectMany(volume => volume.Replicas, (volume, replica) => (volume, replica)).FirstOrDefault(pair => pair.replica.Id == id) is { replica: { } replica } found
            ? Ok(ReplicaOf(found.volume, replica)) : Refuse(404, "NotFound", $"Replica '{id}' not found"),
        ("PUT", ["nodes", var node, "cordon", var label]) => Cordon(node, label),
        ("DELETE", ["nodes", var node, "cordon", var label]) => Nodes.TryGetValue(node, out var labels) && labels.Remove(label) ? Ok(NodeOf(node, labels)) : Refuse(412, "FailedPrecondition", "no such label"),
        ("PUT", ["volumes", var id, "replica_count", var count]) => Volumes.TryGetValue(id, out var volume)
            ? SetCount(id, volume, int.Parse(count, CultureInfo.InvariantCulture)) : Refuse(404, "NotFound", $"Volume '{id}' not found"),
        ("DELETE", ["nexuses", var nexus, "children", var uri]) => RemoveChild(nexus, uri),
        _ => Refuse(404, "NotFound", $"no handler of {method} {string.Join('/', parts)}"),
    };

    private (int Status, string Body) Page(IReadOnlyDictionary<string, string> query)
    {
        var (start, most) = (int.Parse(query["starting_token"], CultureInfo.InvariantCulture), int.Parse(query["max_entries"], CultureInfo.InvariantCulture));
        var answer = new JsonObject { ["entries"] = new JsonArray([.. Volumes.OrderBy(volume => volume.Key, StringComparer.Ordinal).Skip(start).Take(most).Select(volume => VolumeOf(volume.Key, volume.Value))]) };
        if (start + most < Volumes.Count) answer["next_token"] = start + most;
        return Ok(answer);
    }

    private (int Status, string Body) Look(string id, Volume volume)
    {
        if (volume.Change is { } change && --volume.LooksOfChange < 0)
        {
            volume.Change = null;
            change();
        }

        return Ok(VolumeOf(id, volume));
    }

    private (int Status, string Body) Cordon(string node, string label)
    {
        if (!Nodes.TryGetValue(node, out var labels)) return Refuse(404, "NotFound", $"Node '{node}' not found");
        if (labels.Contains(label)) return Refuse(412, "FailedPrecondition", "the label is there already");
        labels.Add(label);
        return Ok(NodeOf(node, labels));
    }

    private (int Status, string Body) SetCount(string id, Volume volume, int count)
    {
        if (volume.Change is not null) return Refuse(409, "Conflict", "an operation is under way");
        if (count == volume.Count) return Refuse(412, "FailedPrecondition", "ReplicaCountAchieved");
        if (count < 1) return Refuse(412, "FailedPrecondition", "LastReplica");
        if (Math.Abs(count - volume.Count) > 1) return Refuse(412, "FailedPrecondition", "ReplicaChangeCount");
        if (count > volume.Count)
        {
            if (!volume.IsOnline) return Refuse(412, "FailedPrecondition", "ReplicaIncrease");
            if (FindPool(volume) is not { } pool) return Refuse(507, "ResourceExhausted", "NotEnoughResources");
            if (LooksOfAChange > 0)
            {
                (volume.Change, volume.LooksOfChange) = (() =>
                {
                    Place(volume, pool);
                    volume.Count = count;
                }, LooksOfAChange);
                return Refuse(408, "DeadlineExceeded", "the request timed out");
            }

            Place(volume, pool);
        }
        else
        {
            var first = TakesTheNewest ? volume.Replicas[^1]
                : volume.Replicas.OrderBy(replica => replica.IsHealthy).ThenBy(replica => Pools[replica.Pool].Node == volume.TargetNode).First();
            volume.Replicas.Remove(first);
            Pools[first.Pool].UsedBytes -= volume.SizeBytes;
        }

        volume.Count = count;
        return Ok(VolumeOf(id, volume));
    }

    private string? FindPool(Volume volume) => Pools
        .Where(pool => pool.Value.Status == "Online" && Nodes[pool.Value.Node].Count == 0
            && volume.Replicas.TrueForAll(replica => Pools[replica.Pool].Node != pool.Value.Node)
            && pool.Value.CapacityBytes - pool.Value.UsedBytes > volume.SizeBytes
            && volume.Inclusion.All(label => pool.Value.Labels.GetValueOrDefault(label.Key) == label.Value))
        .OrderByDescending(pool => pool.Value.CapacityBytes - pool.Value.UsedBytes).Select(pool => pool.Key).FirstOrDefault();

    private (int Status, string Body) RemoveChild(string nexus, string uri)
    {
        var child = Volumes.Where(volume => nexus == "nexus-" + volume.Key && volume.Value.TargetNode is not null).SelectMany(volume => volume.Value.Replicas).FirstOrDefault(replica => replica.IsChild && replica.Uri == uri);
        if (child is null) return Refuse(404, "NotFound", $"Child '{uri}' not found");
        child.IsChild = false;
        return (204, "");
    }

    private Replica Place(Volume volume, string pool)
    {
        var replica = new Replica(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{++_made:x12}"), pool);
        volume.Replicas.Add(replica);
        Pools[pool].UsedBytes += volume.SizeBytes;
        return replica;
    }

    private static JsonObject PoolOf(string id, Pool pool) => new()
    {
        ["id"] = id,
        ["spec"] = new JsonObject { ["disks"] = new JsonArray("/dev/sda"), ["id"] = id, ["labels"] = Labels(pool.Labels), ["node"] = pool.Node, ["status"] = "Created" },
        ["state"] = new JsonObject
        {
            ["capacity"] = pool.CapacityBytes,
            ["disks"] = new JsonArray("/dev/sda"),
            ["id"] = id,
            ["node"] = pool.Node,
            ["status"] = pool.Status,
            ["used"] = pool.UsedBytes,
            ["committed"] = pool.UsedBytes,
        },
    };

    private static JsonObject NodeOf(string id, List<string> cordons)
    {
        var spec = new JsonObject { ["grpcEndpoint"] = "10.0.0.1:10124", ["id"] = id };
        if (cordons.Count > 0) spec["cordondrainstate"] = new JsonObject { ["cordonedstate"] = new JsonObject { ["cordonlabels"] = new JsonArray([.. cordons.Select(label => (JsonNode)label)]) } };
        return new JsonObject { ["id"] = id, ["spec"] = spec, ["state"] = new JsonObject { ["grpcEndpoint"] = "10.0.0.1:10124", ["id"] = id, ["status"] = "Online" } };
    }

    private JsonObject VolumeOf(string id, Volume volume)
    {
        var topology = new JsonObject();
        foreach (var replica in volume.Replicas)
        {
            var shown = new JsonObject { ["node"] = Pools[replica.Pool].Node, ["pool"] = replica.Pool, ["state"] = "Online" };
            if (volume.TargetNode is not null && replica.IsChild) shown["child-status"] = replica.IsHealthy ? "Online" : "Degraded";
            if (volume.TargetNode is not null && replica is { IsChild: true, IsHealthy: false }) shown["rebuild-progress"] = replica.RebuiltPercent;
            topology[replica.Id] = shown;
        }

        var state = new JsonObject { ["size"] = volume.SizeBytes, ["uuid"] = id, ["status"] = volume.IsOnline ? "Online" : "Degraded", ["replica_topology"] = topology };
        if (volume.TargetNode is { } node)
        {
            state["target"] = new JsonObject
            {
                ["children"] = new JsonArray([.. volume.Replicas.Where(replica => replica.IsChild)
                    .Select(replica => new JsonObject { ["uri"] = replica.Uri, ["state"] = replica.IsHealthy ? "Online" : "Degraded", ["rebuildProgress"] = replica.IsHealthy ? null : replica.RebuiltPercent })]),
                ["deviceUri"] = "nvmf://10.0.0.1:8420/nqn.2019-05.io.openebs:" + id,
                ["node"] = node,
                ["rebuilds"] = 0,
                ["protocol"] = "nvmf",
                ["size"] = volume.SizeBytes,
                ["state"] = "Online",
                ["uuid"] = "nexus-" + id,
            };
        }

        return new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["operation"] = volume.Change is null ? null : new JsonObject { ["operation"] = "SetReplica" },
                ["uuid"] = id,
                ["size"] = volume.SizeBytes,
                ["num_replicas"] = volume.Count,
                ["num_paths"] = 1,
                ["protocol"] = "none",
                ["status"] = "Created",
                ["thin"] = false,
                ["num_snapshots"] = 0,
                ["policy"] = new JsonObject { ["self_heal"] = true },
                ["labels"] = new JsonObject { ["app"] = "db" },
                ["topology"] = new JsonObject
                {
                    ["pool_topology"] = new JsonObject { ["labelled"] = new JsonObject { ["exclusion"] = new JsonObject(), ["inclusion"] = Labels(volume.Inclusion), ["affinitykey"] = new JsonArray() } },
                },
            },
            ["state"] = state,
        };
    }

    private JsonObject ReplicaOf(Volume volume, Replica replica) => new()
    {
        ["node"] = Pools[replica.Pool].Node,
        ["pool"] = replica.Pool,
        ["share"] = "nvmf",
        ["size"] = volume.SizeBytes,
        ["state"] = "Online",
        ["thin"] = false,
        ["uri"] = replica.Uri,
        ["uuid"] = replica.Id,
        ["kind"] = "Regular",
    };

    private static JsonObject Labels(Dictionary<string, string> labels) => new(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));

    private static (int, string) Ok(JsonNode body) => (200, body.ToJsonString());

    private static (int, string) Refuse(int status, string kind, string message) =>
        (status, new JsonObject { ["details"] = "", ["message"] = message, ["kind"] = kind }.ToJsonString());
}
