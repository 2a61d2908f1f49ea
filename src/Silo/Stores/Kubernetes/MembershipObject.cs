using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>The custom resource that holds a cluster's silos, as it was read. Changes are made to it and then written whole.</summary>
internal sealed class MembershipObject
{
    private readonly JsonObject _json;
    private readonly JsonObject _spec;
    private readonly JsonArray _silos;

    /// <exception cref="MembershipRowException">It is not what a silo writes.</exception>
    public MembershipObject(JsonObject json)
    {
        _json = json;
        _spec = json["spec"] as JsonObject ?? throw Unreadable("the object", "it has no spec.");
        _silos = _spec["silos"] as JsonArray ?? throw Unreadable("the object", "its spec has no list of silos.");
        ClusterId = Member<string>(_spec, "clusterId", "the object");
        Version = Member<int>(_spec, "version", "the object");
    }

    /// <summary>The name of the one object in a namespace.</summary>
    public const string Name = "membership";

    public string ClusterId { get; }

    /// <summary>The table's version.</summary>
    public int Version { get; private set; }

    /// <summary>The text that stands for one version of this object, and of no other that had its name before.</summary>
    public string Etag(int version) => string.Create(CultureInfo.InvariantCulture, $"{version}@{KubernetesJson.Text(_json, "metadata", "uid")}");

    /// <summary>What is sent to the server.</summary>
    public JsonObject Json => _json;

    /// <summary>The rows, in the order in which they were last changed.</summary>
    public IEnumerable<(MembershipEntry Entry, int RowVersion)> Rows => _silos.Select(static silo => Read(silo as JsonObject ?? throw Unreadable("a silo", "it is no object.")));

    /// <summary>A silo's status; null when it has no row. Other rows need not be readable.</summary>
    public SiloStatus? StatusOf(SiloAddress silo) => Find(silo) is { } row ? Read(row).Entry.Status : null;

    /// <summary>The version of a silo's row; null when it has none.</summary>
    public int? RowVersionOf(SiloAddress silo) => Find(silo) is { } row ? Member<int>(row, "rowVersion", silo.ToParsableString()) : null;

    /// <summary>Another silo that has this node id and is not dead.</summary>
    public (string Name, SiloAddress Address)? HolderOf(int nodeId, SiloAddress except)
    {
        foreach (var silo in _silos)
        {
            if (KubernetesJson.Text(silo, "status") != nameof(SiloStatus.Dead)
                && KubernetesJson.Text(silo, "name") is { } name && SiloNodeName.TryParse(name, out var parsed) && parsed.NodeId == nodeId
                && SiloAddress.TryParse(KubernetesJson.Text(silo, "address"), out var address) && !address!.Equals(except))
            {
                return (name, address);
            }
        }

        return null;
    }

    /// <summary>A cluster without silos.</summary>
    public static JsonObject New(string clusterId) => new()
    {
        ["apiVersion"] = KubernetesPaths.ApiVersion,
        ["kind"] = "ClusterMembership",
        ["metadata"] = new JsonObject { ["name"] = Name },
        ["spec"] = new JsonObject { ["clusterId"] = clusterId, ["version"] = 0, ["silos"] = new JsonArray() },
    };

    /// <summary>Adds a silo's row or replaces it, and moves the version on.</summary>
    public void Put(MembershipEntry entry)
    {
        Remove([entry.SiloAddress]);
        _spec["version"] = ++Version;
        _silos.Add((JsonNode)Write(entry, Version));
    }

    /// <summary>Removes rows; the version stays.</summary>
    public void Remove(IEnumerable<SiloAddress> silos)
    {
        var gone = silos.Select(static silo => silo.ToParsableString()).ToHashSet(StringComparer.Ordinal);
        for (var i = _silos.Count - 1; i >= 0; i--)
        {
            if (KubernetesJson.Text(_silos[i], "address") is { } address && gone.Contains(address)) _silos.RemoveAt(i);
        }
    }

    /// <summary>The spec's version in an object of a watch; null when it has none.</summary>
    public static int? VersionOf(JsonNode? json) => KubernetesJson.Number(json, "spec", "version");

    private JsonObject? Find(SiloAddress silo)
    {
        var address = silo.ToParsableString();
        return _silos.FirstOrDefault(row => KubernetesJson.Text(row, "address") == address) as JsonObject;
    }

    private static JsonObject Write(MembershipEntry entry, int version) => new()
    {
        ["address"] = entry.SiloAddress.ToParsableString(),
        ["name"] = entry.SiloName,
        ["status"] = entry.Status.ToString(),
        ["rowVersion"] = version,
        ["hostName"] = entry.HostName,
        ["roleName"] = entry.RoleName,
        ["proxyPort"] = entry.ProxyPort,
        ["updateZone"] = entry.UpdateZone,
        ["faultZone"] = entry.FaultZone,
        ["startedAt"] = KubernetesTime.Text(entry.StartTime),
        ["suspects"] = new JsonArray([.. (entry.SuspectTimes ?? []).Select(static vote => (JsonNode)new JsonObject
        {
            ["address"] = vote.Item1.ToParsableString(),
            ["time"] = KubernetesTime.Text(vote.Item2),
        })]),
    };

    private static (MembershipEntry Entry, int RowVersion) Read(JsonObject silo)
    {
        var row = silo["address"]?.ToString() ?? "without an address";
        var name = Member<string>(silo, "name", row);
        if (!SiloNodeName.TryParse(name, out _)) throw Unreadable(row, $"its name is '{name}' and not name@nodeId.");
        var status = Member<string>(silo, "status", row);
        var entry = new MembershipEntry
        {
            SiloAddress = Address(silo, row),
            SiloName = name,
            Status = Enum.GetNames<SiloStatus>().Contains(status) ? Enum.Parse<SiloStatus>(status) : throw Unreadable(row, $"no status is called '{status}'."),
            HostName = Member<string>(silo, "hostName", row),
            RoleName = silo["roleName"] is null ? null : Member<string>(silo, "roleName", row),
            ProxyPort = Member<int>(silo, "proxyPort", row),
            UpdateZone = Member<int>(silo, "updateZone", row),
            FaultZone = Member<int>(silo, "faultZone", row),
            StartTime = Time(silo, "startedAt", row),
        };
        foreach (var suspect in silo["suspects"] as JsonArray ?? [])
        {
            var vote = suspect as JsonObject ?? throw Unreadable(row, "one of its suspects is no object.");
            entry.AddSuspector(Address(vote, row), Time(vote, "time", row));
        }

        return (entry, Member<int>(silo, "rowVersion", row));
    }

    private static SiloAddress Address(JsonObject json, string row) =>
        SiloAddress.TryParse(Member<string>(json, "address", row), out var address) ? address! : throw Unreadable(row, $"'{json["address"]}' is not address:port@generation.");

    private static DateTime Time(JsonObject json, string name, string row) =>
        KubernetesTime.TryParse(Member<string>(json, name, row), out var time) ? time : throw Unreadable(row, $"its {name} is '{json[name]}' and no time.");

    private static T Member<T>(JsonObject json, string name, string row) =>
        json[name] is JsonValue value && value.TryGetValue<T>(out var member) ? member : throw Unreadable(row, $"its {name} is {json[name]?.ToJsonString() ?? "missing"}.");

    private static MembershipRowException Unreadable(string row, string problem) => new(
        $"'{row}' of {KubernetesPaths.Resource} {Name}",
        problem,
        $"Correct it, or if no such silo runs remove it: kubectl -n NAMESPACE edit {KubernetesPaths.Resource} {Name}");
}
