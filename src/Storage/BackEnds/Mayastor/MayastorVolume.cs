using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>A volume, as GET /volumes/{id} shows it.</summary>
/// <param name="Id">Its uuid.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Count">How many replicas it is to have.</param>
/// <param name="IsOnline">Whether it serves with all of them.</param>
/// <param name="IsBusy">Whether an operation on it is under way.</param>
/// <param name="Inclusion">The labels that a pool must have to take a replica of it.</param>
/// <param name="Replicas">Those that it has.</param>
/// <param name="TargetNode">The node of the target that applications use; null when it is not published.</param>
/// <param name="Nexus">The target's id.</param>
/// <param name="Children">The target's children, by uri.</param>
internal sealed record MayastorVolume(
    string Id, long SizeBytes, IReadOnlyDictionary<string, string> Labels, int Count, bool IsOnline, bool IsBusy, IReadOnlyDictionary<string, string> Inclusion,
    IReadOnlyList<MayastorReplica> Replicas, string? TargetNode, string? Nexus, IReadOnlyList<string> Children)
{
    public static MayastorVolume From(JsonNode volume)
    {
        var spec = volume["spec"] ?? throw new FormatException("a volume lacks its spec");
        var state = volume["state"] ?? throw new FormatException("a volume lacks its state");
        var target = state["target"];
        return new MayastorVolume(
            (string?)spec["uuid"] ?? throw new FormatException("a volume lacks its uuid"),
            (long?)spec["size"] ?? 0,
            Text(spec["labels"]),
            (int?)spec["num_replicas"] ?? 0,
            (string?)state["status"] == "Online",
            spec["operation"] is not null,
            Text(spec["topology"]?["pool_topology"]?["labelled"]?["inclusion"]),
            [.. (state["replica_topology"] as JsonObject ?? []).OrderBy(replica => replica.Key, StringComparer.Ordinal)
                .Select(replica => MayastorReplica.From(replica.Key, replica.Value ?? throw new FormatException("a replica is null")))],
            (string?)target?["node"],
            (string?)target?["uuid"],
            [.. (target?["children"] as JsonArray ?? []).Select(child => (string?)child?["uri"] ?? "")]);
    }

    public MayastorReplica? Find(string? id) => Replicas.FirstOrDefault(replica => replica.Id == id);

    private static Dictionary<string, string> Text(JsonNode? labels) => (labels as JsonObject)?.ToDictionary(label => label.Key, label => (string?)label.Value ?? "") ?? [];
}
